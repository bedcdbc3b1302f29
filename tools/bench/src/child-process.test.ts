import { describe, expect, it } from "vitest";
import { z } from "zod";
import { startChild } from "./child-process.ts";

const echo = new URL("testing/echo.ts", import.meta.url);
const message = z.object({ n: z.number() });
const boundMs = 10_000;

describe("startChild", () => {
  it("hands over the task, and messages in their order, also those that came before they were asked for", async () => {
    await using child = startChild(echo, { n: 1 });
    child.send({ n: 2 });
    child.send({ n: 3 });
    for (const n of [1, 2, 3]) expect(await child.next(message, boundMs)).toEqual({ n });
  });

  it("refuses a message of another shape", async () => {
    await using child = startChild(echo, { n: "one" });
    await expect(child.next(message, boundMs)).rejects.toThrow("expected number");
  });

  it("says so when the process has ended, and when it says nothing", async () => {
    await using child = startChild(echo, { n: 1 });
    await child.next(message, boundMs);
    await expect(child.next(message, 50)).rejects.toThrow("said nothing for 0.05 s");
    child.send({ end: 3 });
    await expect(child.next(message, boundMs)).rejects.toThrow("has ended (3)");
  });
});
