import { describe, expect, it } from "vitest";
import { capturedLog } from "../testing/captured-log.ts";
import { openUserServer } from "../testing/user-server.ts";
import { readinessDetails } from "./readiness-details.ts";

const refused = '{"error":"could not be told: the log says why"}';

describe("readinessDetails", () => {
  it("is the JSON of what it is given, as it is then", () => {
    const { log } = capturedLog();
    let instances = 1;
    const details = readinessDetails(() => ({ instances: instances++ }), log);
    expect([details?.(), details?.()]).toEqual(['{"instances":1}', '{"instances":2}']);
  });

  const cyclic: Record<string, unknown> = {};
  cyclic["self"] = cyclic;

  it.each([
    [
      "throws",
      () => {
        throw new Error("broken");
      },
    ],
    ["is cyclic", () => cyclic],
    ["holds a BigInt", () => ({ revision: 1n })],
    ["is JSON of more than 65,536 characters", () => ({ x: "x".repeat(65_529) })],
  ])("is an error in the place of what %s, and the log has the cause", (_, give) => {
    const { log, records } = capturedLog();
    expect(readinessDetails(give, log)?.()).toBe(refused);
    expect(records()).toEqual([
      expect.objectContaining({ level: "error", error: expect.objectContaining({ message: expect.any(String) }) }),
    ]);
  });

  it("takes JSON of 65,536 characters", () => {
    expect(readinessDetails(() => ({ x: "x".repeat(65_528) }), capturedLog().log)?.()).toHaveLength(65_536);
  });

  it("logs a failure once, until it works again", () => {
    const { log, records } = capturedLog();
    let broken = true;
    const details = readinessDetails(() => {
      if (broken) throw new Error("broken");
      return {};
    }, log);
    details?.();
    details?.();
    expect(records()).toHaveLength(1);
    broken = false;
    details?.();
    broken = true;
    details?.();
    expect(records()).toHaveLength(2);
  });
});

describe("/readyz", () => {
  it("shows the details, and is as ready as without them", async () => {
    await using server = await openUserServer({}, { details: () => ({ registry: { announcements: [] } }) });
    const response = await fetch(`http://127.0.0.1:${server.adminPort}/readyz`);
    expect([response.status, await response.json()]).toEqual([
      200,
      { ready: true, lacks: [], details: { registry: { announcements: [] } } },
    ]);
  });

  it("is not failed by details that cannot be told", async () => {
    const details = (): never => {
      throw new Error("hunter2");
    };
    await using server = await openUserServer({}, { details });
    const response = await fetch(`http://127.0.0.1:${server.adminPort}/readyz`);
    expect(response.status).toBe(200);
    expect(await response.text()).toBe(`{"ready":true,"lacks":[],"details":${refused}}\n`);
  });
});
