import { describe, expect, it } from "vitest";
import { parseCpuList, pinned } from "./cores.ts";

describe("parseCpuList", () => {
  it.each([
    ["0-1", [0, 1]],
    ["0,4-6,9", [0, 4, 5, 6, 9]],
    ["3\n", [3]],
    ["", []],
  ])("reads %j", (text, cpus) => {
    expect(parseCpuList(text)).toEqual(cpus);
  });
});

describe("pinned", () => {
  it("puts taskset before a command, where there is a processor to pin it to", () => {
    expect(pinned(3, ["node", "a.ts"])).toEqual(["taskset", "--cpu-list", "3", "node", "a.ts"]);
    expect(pinned(undefined, ["node", "a.ts"])).toEqual(["node", "a.ts"]);
  });
});
