import { InfrastructureError } from "@banyan/errors";
import { createMetrics } from "@banyan/telemetry";
import { describe, expect, it } from "vitest";
import { openUserServer } from "../testing/user-server.ts";

describe("the admin port", () => {
  it("answers /healthz while the process turns, healthy or not", async () => {
    await using server = await openUserServer({}, { healthy: () => Promise.reject(new Error("no database")) });
    const response = await fetch(`http://127.0.0.1:${server.adminPort}/healthz`);
    expect([response.status, await response.text()]).toEqual([200, "ok\n"]);
  });

  it("answers /readyz with 200 when the server serves", async () => {
    await using server = await openUserServer();
    const response = await fetch(`http://127.0.0.1:${server.adminPort}/readyz`);
    expect([response.status, await response.json()]).toEqual([200, { ready: true, lacks: [] }]);
  });

  it("says in /readyz what is missing and since when", async () => {
    await using server = await openUserServer({}, { healthy: () => Promise.reject(new Error("no database")) });
    const announced = Promise.withResolvers<void>();
    server.readyAfter("announcement", announced.promise);
    server.readyAfter("cache", Promise.reject(new Error("no cache")));
    const since = expect.stringMatching(/^\d{4}-\d\d-\d\dT[\d:.]+Z$/);
    const response = await fetch(`http://127.0.0.1:${server.adminPort}/readyz`);
    expect([response.status, await response.json()]).toEqual([
      503,
      {
        ready: false,
        lacks: [
          { what: "health", state: "not serving", since },
          { what: "announcement", state: "pending", since },
          { what: "cache", state: "failed", since },
        ],
      },
    ]);
  });

  it("names in /readyz the dependency that keeps the server from serving", async () => {
    const gone = new InfrastructureError("unavailable", "database", "connect ECONNREFUSED 10.1.2.3:5432");
    await using server = await openUserServer({}, { healthy: () => Promise.reject(gone) });
    const answer: unknown = await (await fetch(`http://127.0.0.1:${server.adminPort}/readyz`)).json();
    const lack = { what: "health", dependency: "database", state: "not serving", since: expect.any(String) };
    expect(answer).toEqual({ ready: false, lacks: [lack] });
  });

  it("is ready once what it waits for has happened", async () => {
    await using server = await openUserServer();
    const announced = Promise.withResolvers<void>();
    server.readyAfter("announcement", announced.promise);
    expect((await fetch(`http://127.0.0.1:${server.adminPort}/readyz`)).status).toBe(503);
    announced.resolve();
    expect((await fetch(`http://127.0.0.1:${server.adminPort}/readyz`)).status).toBe(200);
    server.stopServing();
    expect((await fetch(`http://127.0.0.1:${server.adminPort}/readyz`)).status).toBe(503);
  });

  it("answers /metrics with start and memory of the process, and how calls are limited", async () => {
    await using server = await openUserServer();
    const response = await fetch(`http://127.0.0.1:${server.adminPort}/metrics`);
    expect(response.headers.get("content-type")).toBe("text/plain; version=0.0.4; charset=utf-8");
    const text = await response.text();
    expect(text).toMatch(/^process_start_time_seconds \d+$/m);
    expect(text).toMatch(/^banyan_server_concurrency_limit \d+$/m);
    expect(text).toMatch(/^process_resident_memory_bytes \d+$/m);
  });

  it("answers /metrics with those that it is given, and keeps the failure of these to itself", async () => {
    const texts = [async () => "orders 1\n", () => Promise.reject(new Error("hunter2"))];
    const metrics = { ...createMetrics({ service: "user" }), text: async () => texts.shift()?.() ?? "" };
    await using server = await openUserServer({}, { metrics });
    expect(await (await fetch(`http://127.0.0.1:${server.adminPort}/metrics`)).text()).toBe("orders 1\n");
    const failed = await fetch(`http://127.0.0.1:${server.adminPort}/metrics`);
    expect([failed.status, await failed.text()]).toEqual([500, "internal error\n"]);
    expect(server.captured.lines.join("")).toContain("hunter2");
  });

  it.each([
    ["GET", "/", 404],
    ["GET", "/healthz/x", 404],
    ["GET", "/healthz?probe=1", 200],
    ["HEAD", "/healthz", 200],
    ["POST", "/healthz", 405],
    ["DELETE", "/metrics", 405],
  ])("answers %s %s with %i", async (method, path, status) => {
    await using server = await openUserServer();
    expect((await fetch(`http://127.0.0.1:${server.adminPort}${path}`, { method })).status).toBe(status);
  });
});
