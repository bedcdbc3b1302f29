import { once } from "node:events";
import { connect } from "node:http2";
import { setTimeout as sleep } from "node:timers/promises";
import { describe, expect, it } from "vitest";
import { capturedLog } from "../../testing/captured-log.ts";
import { userServersOn } from "../../testing/user-server.ts";
import { defaultLimits, type Limits } from "../limits.ts";
import { BanyanHttp2Acceptor } from "./banyan-http2-acceptor.ts";
import { CallRoutes } from "./call-routes.ts";

function openAcceptor(limits: Partial<Limits>): BanyanHttp2Acceptor {
  return new BanyanHttp2Acceptor({
    routes: new CallRoutes([], new Map()),
    limits: { ...defaultLimits, ...limits },
    log: capturedLog().log,
    onUnknown: () => undefined,
    onIdle: () => undefined,
  });
}

describe("BanyanHttp2Acceptor", () => {
  it("refuses limits that are out of bounds, by name", () => {
    expect(() => openAcceptor({ maxConcurrentStreams: 0 })).toThrow("maxConcurrentStreams: expected an integer in");
    expect(() => openAcceptor({ maxResetsPerSecond: 0.5 })).toThrow("maxResetsPerSecond: expected an integer in");
  });

  it("takes limits that node:http2 takes and a connection of ours does not need", () => {
    expect(openAcceptor({ maxConnectionAgeMs: 2 ** 31 - 1, maxConnectionMegabytes: 4000 }).openCalls).toBe(0);
  });

  it("answers a call whose request is not whole when its connection comes of age, and then closes", async () => {
    await using server = await userServersOn("http2")({}, { limits: { maxConnectionAgeMs: 20 } });
    const session = connect(server.url);
    const stream = session.request({
      ":method": "POST",
      ":path": "/user.v1.UserService/GetUser",
      "content-type": "application/grpc",
    });
    stream.write(Buffer.from([0, 0, 0, 0, 3]));
    await once(session, "goaway");
    await sleep(50);
    stream.end(Buffer.from([10, 1, 55]));
    const [trailers] = await once(stream.resume(), "trailers");
    expect(trailers).toMatchObject({ "grpc-status": "0" });
    await once(session, "close");
  });
});
