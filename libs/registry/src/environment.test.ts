import { readEnvironment } from "@banyan/service";
import { describe, expect, it } from "vitest";
import { announceEnvironment, etcdEnvironment } from "./environment.ts";

const shape = { ...etcdEnvironment, ...announceEnvironment };

describe("the registry's environment", () => {
  it("needs no variable", () => {
    expect(readEnvironment(shape, {})).toEqual({
      ETCD_ENDPOINTS: ["http://localhost:2379"],
      INSTANCE_ID: expect.stringMatching(/-[0-9a-f]{8}$/),
      LEASE_TTL_SECONDS: 10,
      BANYAN_ENV: "production",
      REGISTRY_RECORD: "address",
    });
  });

  it("reads all of them", () => {
    const environment = {
      ETCD_ENDPOINTS: "https://etcd-0:2379, https://[fd00::1]:2379/",
      INSTANCE_ID: "instance-1",
      ADVERTISE_ADDRESS: "user.internal:80",
      POD_IP: "10.1.2.3",
      LEASE_TTL_SECONDS: "60",
      BANYAN_ENV: "development",
      ETCD_CA_FILE: "/etc/etcd/ca.pem",
      ETCD_CERT_FILE: "/etc/etcd/client.pem",
      ETCD_KEY_FILE: "/etc/etcd/client.key",
      ETCD_USERNAME: "user",
      ETCD_PASSWORD: "correct horse",
      REGISTRY_STATE_FOLDER: "/var/lib/user",
      REGISTRY_RECORD: "endpoint",
      INSTANCE_VERSION: "1.4.0",
      INSTANCE_ZONE: "eu-west-1a",
      INSTANCE_WEIGHT: "20",
    };
    expect(readEnvironment(shape, environment)).toEqual({
      ...environment,
      ETCD_ENDPOINTS: ["https://etcd-0:2379", "https://[fd00::1]:2379"],
      LEASE_TTL_SECONDS: 60,
      INSTANCE_WEIGHT: 20,
    });
  });

  it("does not show a password that somebody has put into the endpoints", () => {
    const read = () => readEnvironment(shape, { ETCD_ENDPOINTS: "http://user:hunter2@etcd:2379" });
    expect(read).toThrow("ETCD_ENDPOINTS: expected");
    expect(read).not.toThrow("hunter2");
  });

  it.each([
    ["ETCD_ENDPOINTS", "localhost:2379", "expected a comma-separated list of http://host:port"],
    ["ETCD_ENDPOINTS", "http://localhost", "expected a comma-separated list of http://host:port"],
    ["ETCD_ENDPOINTS", "http://a:1,,http://b:1", "expected a comma-separated list of http://host:port"],
    ["ETCD_ENDPOINTS", "http://a:1,https://b:1", "expected a comma-separated list of http://host:port"],
    ["INSTANCE_ID", "Instance 1", "expected 1 to 63 characters of a-z"],
    ["ADVERTISE_ADDRESS", "user.internal", "expected host:port"],
    ["POD_IP", "pod", "expected an IP address"],
    ["LEASE_TTL_SECONDS", "4", "expected an integer in [5, 60]"],
    ["LEASE_TTL_SECONDS", "61", "expected an integer in [5, 60]"],
    ["REGISTRY_RECORD", "json", "expected one of address, endpoint"],
    ["INSTANCE_VERSION", "1.4\n", "expected 1 to 63 printable ASCII characters"],
    ["INSTANCE_ZONE", "z".repeat(64), "expected 1 to 63 printable ASCII characters"],
    ["INSTANCE_WEIGHT", "0", "expected an integer in [1, 10000]"],
    ["INSTANCE_WEIGHT", "10001", "expected an integer in [1, 10000]"],
    ["BANYAN_ENV", "test", "expected one of development, production"],
  ])("refuses %s=%s", (name, value, message) => {
    expect(() => readEnvironment(shape, { [name]: value })).toThrow(`${name}: ${message}`);
  });
});
