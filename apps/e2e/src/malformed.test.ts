import { once } from "node:events";
import { connect } from "node:net";
import { gzipSync } from "node:zlib";
import { OrderService } from "@banyan/stubs-order";
import { UserService } from "@banyan/stubs-user";
import { afterEach, describe, expect, inject, it } from "vitest";
import { openGrpcJs, readGrpcJsError } from "./clients/grpc-js.ts";
import { postJson } from "./clients/json-post.ts";

const { user, order } = inject("platform");
const { createUser } = UserService.method;
const { placeOrder } = OrderService.method;

afterEach(async () => {
  for (const { pid, listening } of [user, order]) {
    process.kill(pid, 0); // throws when there is no such process any more
    using health = openGrpcJs(listening, "grpc/health/v1/health.proto", "grpc.health.v1.Health");
    expect(await health.unary("Check", { service: "" })).toEqual({ status: "SERVING" });
  }
});

const openUsers = () => openGrpcJs(user.listening, "user/v1/user.proto", "user.v1.UserService");

/** A field of protobuf with a length: its number, the length, the bytes. */
function field(number: number, bytes: Buffer): Buffer {
  return Buffer.concat([Buffer.from([(number << 3) | 2, bytes.length]), bytes]);
}

// gRPC has a status of its own for it: https://grpc.io/docs/guides/status-codes/
describe("a message that protobuf cannot read, over gRPC", () => {
  it.each([
    [
      "a string that is no UTF-8",
      Buffer.concat([field(1, Buffer.from([0x61, 0xff, 0xfe])), field(2, Buffer.from("a"))]),
    ],
    ["an overlong encoding of a slash", field(1, Buffer.from([0xc0, 0xaf]))],
    ["a length behind the end", Buffer.from([0x0a, 0x7f, 0x61])],
    ["a field of number 0", Buffer.from([0x00, 0x01])],
    ["noise", Buffer.alloc(1000, 0xff)],
  ])("%s is refused with INTERNAL", async (_, bytes) => {
    using users = openUsers();
    expect(await users.raw("CreateUser", bytes).catch(readGrpcJsError)).toEqual({
      code: "INTERNAL",
      reason: undefined,
      fields: undefined,
    });
  });
});

describe("a message that JSON or its mapping to protobuf does not allow", () => {
  const line = (quantity: string): string => `{"lines": [{"sku": "a", "quantity": ${quantity}}]}`;

  it.each([
    ["nothing", ""],
    ["no JSON", "{"],
    ["a list", "[]"],
    ["a string", '"a"'],
    ["lists in lists", "[".repeat(100_000)],
    ["objects in objects", `${'{"lines":'.repeat(10_000)}1${"}".repeat(10_000)}`],
    ["a list where a string belongs", '{"userId": []}'],
    ["a number where a string belongs", '{"userId": 42}'],
    ["half of a surrogate pair", String.raw`{"userId": "\ud800"}`],
    ["a quantity of 2^31", line("2147483648")],
    ["a quantity of 10^400", line("1e400")],
    ["half a quantity", line("0.5")],
    ["a quantity in words", line('"many"')],
  ])("%s is refused with 400 and invalid_argument", async (_, body) => {
    const answer = await postJson(order.listening, placeOrder, body);
    expect(answer).toMatchObject({ status: 400, body: { code: "invalid_argument" } });
    expect(answer.headers.get("content-type")).toBe("application/json");
  });
});

describe("a message of 5 MB", () => {
  const password = "x".repeat(5 * 1024 * 1024);

  it("is refused with RESOURCE_EXHAUSTED over gRPC", async () => {
    using users = openUsers();
    const created = users.unary("CreateUser", { email: "big@example.com", name: "Ada", password });
    expect(await created.catch(readGrpcJsError)).toMatchObject({ code: "RESOURCE_EXHAUSTED" });
  });

  it("is refused with 429 and resource_exhausted in JSON", async () => {
    const answer = await postJson(user.listening, createUser, { email: "big@example.com", name: "Ada", password });
    expect(answer).toMatchObject({ status: 429, body: { code: "resource_exhausted" } });
  });

  it("is refused by its real size when it comes compressed", async () => {
    const response = await fetch(`http://${user.listening}/user.v1.UserService/CreateUser`, {
      method: "POST",
      headers: { "content-type": "application/json", "content-encoding": "gzip" },
      body: gzipSync(JSON.stringify({ password: "x".repeat(64 * 1024 * 1024) })),
      signal: AbortSignal.timeout(10_000),
    });
    expect(response.status).toBe(429);
    expect(await response.json()).toMatchObject({ code: "resource_exhausted" });
  });
});

describe("a request that is none of ours", () => {
  const url = `http://${user.listening}/user.v1.UserService/CreateUser`;
  const body = "{}";
  const json = { "content-type": "application/json" };

  it.each([
    [404, "an unknown path", `http://${user.listening}/`, {}],
    [404, "an unknown method", `${url}s`, { method: "POST", headers: json, body }],
    [405, "a GET of what changes something", `${url}?encoding=json&message={}`, {}],
    [405, "a DELETE", url, { method: "DELETE" }],
    [415, "a form", url, { method: "POST", headers: { "content-type": "application/x-www-form-urlencoded" }, body }],
    [
      501,
      "an encoding that nobody speaks",
      url,
      { method: "POST", headers: { ...json, "content-encoding": "x" }, body },
    ],
    [400, "a deadline in words", url, { method: "POST", headers: { ...json, "connect-timeout-ms": "soon" }, body }],
    [431, "headers of 64 KB", url, { method: "POST", headers: { ...json, "x-long": "x".repeat(65_536) }, body }],
  ])("is answered %i: %s", async (status, _, url, init) => {
    const response = await fetch(url, { ...init, signal: AbortSignal.timeout(10_000) });
    await response.body?.cancel();
    expect(response.status).toBe(status);
  });

  it.each([
    ["words", Buffer.from("hello\r\n\r\n")],
    ["an HTTP/2 preface with noise behind it", Buffer.concat([preface(), Buffer.alloc(100, 0xff)])],
    ["an HTTP/1.1 request without a host", Buffer.from("POST /user.v1.UserService/GetUser HTTP/1.1\r\n\r\n")],
    [
      "an HTTP/1.1 request with a host that is none",
      Buffer.from("GET / HTTP/1.1\r\nHost: [::\r\nConnection: close\r\n\r\n"),
    ],
  ])("ends the connection: %s", async (_, bytes) => {
    const { hostname, port } = new URL(url);
    const socket = connect(Number(port), hostname).setTimeout(10_000);
    const closed = once(socket, "close");
    socket.once("timeout", () => socket.destroy(new Error("the connection is open after 10 s")));
    socket.resume().write(bytes);
    await closed;
  });
});

function preface(): Buffer {
  return Buffer.from("PRI * HTTP/2.0\r\n\r\nSM\r\n\r\n");
}
