import { ConfigurationError, readEnvironment } from "@banyan/service";
import { describe, expect, it } from "vitest";
import { serverEnvironment } from "./environment.ts";

const shape = serverEnvironment({ port: 50051 });

describe("serverEnvironment", () => {
  it("has the service's port, and production, as defaults", () => {
    expect(readEnvironment(shape, {})).toEqual({ PORT: 50051, BANYAN_ENV: "production" });
  });

  it.each(["0", "65535"])("takes port %s", (port) => {
    expect(readEnvironment(shape, { PORT: port, ADMIN_PORT: port })).toMatchObject({
      PORT: Number(port),
      ADMIN_PORT: Number(port),
    });
  });

  it("takes an engine and the files of a certificate", () => {
    const given = { RPC_TRANSPORT: "http2", TLS_CERT_FILE: "/tls/tls.crt", TLS_KEY_FILE: "/tls/tls.key" };
    expect(readEnvironment(shape, given)).toMatchObject(given);
  });

  it("refuses another engine by name", () => {
    expect(() => readEnvironment(shape, { RPC_TRANSPORT: "grpc-js" })).toThrow(
      'RPC_TRANSPORT: expected one of http2, connect-node, got "grpc-js"',
    );
  });

  it.each([
    ["PORT", "-1"],
    ["PORT", "65536"],
    ["ADMIN_PORT", "80a"],
  ])("refuses %s=%s by name and range", (name, value) => {
    const read = (): unknown => readEnvironment(shape, { [name]: value });
    expect(read).toThrow(ConfigurationError);
    expect(read).toThrow(`${name}: expected an integer in [0, 65535], got "${value}"`);
  });
});
