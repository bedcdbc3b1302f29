import { describe, expect, it } from "vitest";
import { createSteps } from "./steps.ts";

const escape = "\u001B";

function show(isTTY: boolean) {
  let shown = "";
  const steps = createSteps({ isTTY, write: (text) => (shown += text) });
  return { steps, shown: () => shown };
}

describe("steps", () => {
  it("go to a file as plain lines, one a step, with its time", async () => {
    const { steps, shown } = show(false);
    using _steps = steps;
    const work = Promise.withResolvers<string>();
    const done = steps.run("etcd", work.promise, (version) => `etcd ${version}`);
    steps.note("fetching etcd 3.5…");
    work.resolve("3.5.16");
    expect(await done).toBe("3.5.16");
    expect(shown()).toMatch(/^ {2}fetching etcd 3\.5…\n✔ etcd 3\.5\.16 {2}\d+\.\d s\n$/);
  });

  it("that fail are marked, and the failure goes on", async () => {
    const { steps, shown } = show(false);
    using _steps = steps;
    await expect(steps.run("etcd", Promise.reject(new Error("no")), () => "")).rejects.toThrow("no");
    expect(shown()).toBe("✘ etcd\n");
  });

  it("on a terminal name what is under way below what is printed, until it is abandoned", async () => {
    const { steps, shown } = show(true);
    using _steps = steps;
    const work = Promise.withResolvers<string>();
    const done = steps.run("etcd", work.promise, () => "etcd");
    steps.print("a line");
    expect(shown()).toMatch(/a line\n\S etcd$/);
    steps.abandon();
    expect(shown().endsWith(`\r${escape}[2K`)).toBe(true);
    work.resolve("");
    await done;
    expect(shown()).not.toContain("✔");
  });
});
