import { usualBounds } from "../bounds.ts";
import type { Fault } from "../fault.ts";
import { service, servicePrefix, ttlSeconds } from "../fleet/fleet.ts";
import { oneComesOneGoes } from "../fleet/turnover.ts";

/** What is no instance, by what it is written under below the service's prefix. */
const unreadable: Readonly<Record<string, string | Uint8Array>> = {
  empty: "",
  "no-port": "10.0.0.7",
  "port-too-high": "10.0.0.7:70000",
  "half-json": '{"Addr":"10.0.0.7:50051"',
  "json-without-address": '{"Op":0,"Metadata":{}}',
  "json-number": "42",
  "not-utf8": Uint8Array.of(0xff, 0xfe, 0x31, 0x3a, 0x31),
  large: "x".repeat(1_000_000),
  "deeper/key": "10.0.0.7:50051",
};

/** Records of other frameworks, which are instances. */
const readable: Readonly<Record<string, string>> = {
  plain: "10.0.0.8:50051",
  go: '{"Op":0,"Addr":"10.0.0.9:50051","Metadata":null}',
  kratos: '{"id":"kratos","name":"user","version":"1","metadata":{},"endpoints":["grpc://10.0.0.10:50051"]}',
  kitex: '{"network":"tcp","address":"10.0.0.11:50051","weight":10,"tags":{}}',
};

export const foreignValues: Fault = {
  name: "foreign-values",
  title: "malformed and foreign values",
  promise: "values that nobody can read hide only themselves, and records of other frameworks are instances",
  world: "single",
  bounds: usualBounds,
  async strike(stage) {
    const { fleet, world } = stage;
    for (const [id, value] of Object.entries(unreadable)) await world.operator.put(servicePrefix + id, value);
    await world.operator.put(`/services/${service}-admin/a1`, "10.0.0.7:50051");
    const foreign = Object.entries(readable).map(([id, value]) => ({
      id,
      address: /10[\d.]+:50051/.exec(value)?.[0] ?? "",
    }));
    for (const instance of foreign) {
      fleet.truth.arrive(instance);
      await world.operator.put(servicePrefix + instance.id, readable[instance.id] ?? "");
    }
    stage.done("foreign values are there");
    await stage.recovered();

    await stage.outage(async () => {
      await world.kill("SIGKILL");
      await oneComesOneGoes(fleet);
      await world.restart();
    });
    await stage.recovered();

    for (const instance of foreign) {
      fleet.truth.leave(instance, ttlSeconds);
      await world.operator.put(servicePrefix + instance.id, "spoilt");
    }
    stage.done("those that were good are spoilt");
    await stage.recovered();
    await stage.settled();
  },
};
