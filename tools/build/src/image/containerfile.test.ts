import { readFile } from "node:fs/promises";
import { describe, expect, it } from "vitest";

describe("the Containerfile", () => {
  it("has the Node that the tests run on", async () => {
    const text = await readFile(new URL("../../Containerfile", import.meta.url), "utf8");
    const [, version] = /^FROM docker\.io\/library\/node:([0-9.]+)-trixie-slim AS node$/m.exec(text) ?? [];
    expect(`v${version}`).toBe(process.version);
  });
});
