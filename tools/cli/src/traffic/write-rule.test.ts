import { EtcdUnreachableError } from "@banyan/registry";
import { noRule, parseTrafficRule } from "@banyan/strangler";
import { openMemoryTrafficStore } from "@banyan/strangler/testing";
import { describe, expect, it } from "vitest";
import { writeRule } from "./write-rule.ts";

const rule = parseTrafficRule({ mode: "split", percent: 5 });
const write = { service: "user", rule, expectedRevision: noRule };
const never = new AbortController().signal;
const silence = () => Promise.reject(new EtcdUnreachableError("nobody answers"));

describe("writeRule", () => {
  it("takes the rule for its own that it wrote without hearing of it", async () => {
    await using store = openMemoryTrafficStore();
    const answers = [
      async (...args: Parameters<typeof store.write>) => {
        await store.write(...args);
        return silence();
      },
    ];
    const deaf = {
      ...store,
      write: (...args: Parameters<typeof store.write>) => answers.shift()?.(...args) ?? store.write(...args),
    };
    expect(await writeRule(deaf, write, never)).toBe((await store.read("user"))?.revision);
  });

  it("does not take another one's", async () => {
    await using store = openMemoryTrafficStore();
    await store.write("user", parseTrafficRule({ mode: "all" }), noRule);
    const answers = [silence];
    const deaf = {
      ...store,
      write: (...args: Parameters<typeof store.write>) => answers.shift()?.() ?? store.write(...args),
    };
    expect(await writeRule(deaf, write, never)).toBe("conflict");
    expect(await writeRule(store, write, never)).toBe("conflict");
  });

  it("gives up when it is told to", async () => {
    await using store = openMemoryTrafficStore();
    const gone = { ...store, write: silence };
    await expect(writeRule(gone, write, AbortSignal.timeout(20))).rejects.toThrow(EtcdUnreachableError);
  });
});
