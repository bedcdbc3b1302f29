import { usualBounds } from "../bounds.ts";
import { openInstanceServer } from "../callee/instance-server.ts";
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
const readable: Readonly<Record<string, (address: string) => string>> = {
  plain: (address) => address,
  go: (address) => `{"Op":0,"Addr":"${address}","Metadata":null}`,
  kratos: (address) => `{"id":"kratos","name":"user","version":"1","metadata":{},"endpoints":["grpc://${address}"]}`,
  kitex: (address) => `{"network":"tcp","address":"${address}","weight":10,"tags":{}}`,
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
    await using server = await openInstanceServer(service);
    const { address } = server;
    const foreign = Object.keys(readable).map((id) => ({ id, address }));
    for (const [id, record] of Object.entries(readable)) {
      fleet.truth.arrive({ id, address });
      await world.operator.put(servicePrefix + id, record(address));
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
