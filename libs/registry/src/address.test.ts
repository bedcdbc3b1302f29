import { describe, expect, it } from "vitest";
import { AddressError, advertisedAddress, formatAddress, parseAddress } from "./address.ts";

describe("parseAddress", () => {
  it.each([
    ["10.0.0.7:50051", "10.0.0.7", 50051],
    ["localhost:1", "localhost", 1],
    ["user.internal:65535", "user.internal", 65535],
    ["my_service:80", "my_service", 80],
    ["[fd00::7]:50051", "fd00::7", 50051],
  ])("reads %s, and writes it as it was", (text, host, port) => {
    const address = parseAddress(text);
    expect(address).toEqual({ host, port });
    expect(address && formatAddress(address)).toBe(text);
  });

  it.each([
    ["", "nothing"],
    ["10.0.0.7", "no port"],
    ["10.0.0.7:", "an empty port"],
    ["10.0.0.7:0", "port 0"],
    ["10.0.0.7:65536", "a port too large"],
    ["10.0.0.7:80a", "a port that is no number"],
    ["10.0.0.256:80", "no IPv4 address"],
    ["fd00::7:50051", "IPv6 without brackets"],
    ["[10.0.0.7]:80", "brackets around IPv4"],
    ["http://10.0.0.7:80", "a URL"],
    [":80", "no host"],
    ["a b:80", "a space"],
    ["-a:80", "a dash in front"],
    [`${"a".repeat(254)}:80`, "too long a host"],
  ])("refuses %j: %s", (text) => {
    expect(parseAddress(text)).toBeUndefined();
  });
});

describe("advertisedAddress", () => {
  const listening = "10.0.0.7:50051";

  it("is the listening address when nothing else is said", () => {
    expect(advertisedAddress({}, listening)).toBe(listening);
  });

  it("is POD_IP with the listening port", () => {
    expect(advertisedAddress({ POD_IP: "10.1.2.3" }, "0.0.0.0:50051")).toBe("10.1.2.3:50051");
    expect(advertisedAddress({ POD_IP: "fd00::3" }, "[::]:50051")).toBe("[fd00::3]:50051");
  });

  it("is ADVERTISE_ADDRESS before all", () => {
    const config = { ADVERTISE_ADDRESS: "user.internal:80", POD_IP: "10.1.2.3" };
    expect(advertisedAddress(config, "0.0.0.0:50051")).toBe("user.internal:80");
  });

  it.each(["0.0.0.0:1", "[::]:1", "[0:0:0:0:0:0:0:0]:1", "[::ffff:0.0.0.0]:1"])(
    "refuses the wildcard %s",
    (address) => {
      expect(() => advertisedAddress({ BANYAN_ENV: "development" }, address)).toThrow(AddressError);
      expect(() => advertisedAddress({ BANYAN_ENV: "development" }, address)).toThrow("set ADVERTISE_ADDRESS");
    },
  );

  it.each(["localhost:1", "api.localhost:1", "127.0.0.1:1", "127.9.9.9:1", "[::1]:1", "[::ffff:127.0.0.1]:1"])(
    "takes the loopback address %s in development alone",
    (address) => {
      expect(advertisedAddress({ BANYAN_ENV: "development" }, address)).toBe(address);
      expect(() => advertisedAddress({}, address)).toThrow("BANYAN_ENV=development");
      expect(() => advertisedAddress({ BANYAN_ENV: "production", ADVERTISE_ADDRESS: address }, listening)).toThrow(
        AddressError,
      );
    },
  );

  it.each(["50051", "10.0.0.7", "10.0.0.7:0"])("refuses %s, which has no port to dial", (address) => {
    expect(() => advertisedAddress({}, address)).toThrow(`expected an address host:port to announce, got "${address}"`);
  });
});
