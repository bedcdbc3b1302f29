import { mkdtemp, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterAll, beforeAll, describe, expect, it, vi } from "vitest";
import { lock, tryLock } from "./file-lock.ts";
import { SetupError } from "./setup-error.ts";
import { startModule } from "./testing/child.ts";

let folder: string;
beforeAll(async () => void (folder = await mkdtemp(join(tmpdir(), "banyan lock-"))));
afterAll(() => rm(folder, { recursive: true }));

const holdFor = (path: string): string => `
  import { tryLock } from ${JSON.stringify(join(import.meta.dirname, "file-lock.ts"))};
  const held = await tryLock(${JSON.stringify(path)});
  console.log(held ? "held" : "refused");
  setInterval(() => held, 1000);`;

describe("lock", () => {
  it("is held by one at a time, within a process", async () => {
    const path = join(folder, "one");
    const first = await tryLock(path);
    expect(await tryLock(path)).toBeUndefined();
    first?.[Symbol.dispose]();
    using second = await tryLock(path);
    expect(second).toBeDefined();
  });

  it("is held by one process at a time, and given back when that one is killed", async () => {
    const path = join(folder, "two");
    await using holder = startModule(holdFor(path));
    expect(await holder.line("held")).toBe("held");
    expect(await tryLock(path)).toBeUndefined();

    const onWait = vi.fn(() => void holder.process.kill("SIGKILL"));
    using held = await lock(path, { timeoutMs: 10_000, onWait });
    expect(held).toBeDefined();
    expect(onWait).toHaveBeenCalledOnce();
  });

  it("gives up with the caller's words", async () => {
    const path = join(folder, "three");
    using _held = await tryLock(path);
    await expect(lock(path, { timeoutMs: 0, refusal: "busy: come back later" })).rejects.toThrow(
      new SetupError("busy: come back later"),
    );
  });
});
