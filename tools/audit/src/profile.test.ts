import { join } from "node:path";
import { describe, expect, it } from "vitest";
import { readProfile } from "./profile.ts";
import { findModules } from "./project/modules.ts";
import { writeProject } from "./testing/fixture.ts";

const frame = (id: number, functionName: string, url: string, lineNumber: number) => ({
  id,
  callFrame: { functionName, url, lineNumber, columnNumber: 0, scriptId: "1" },
});
const profile = {
  nodes: [
    frame(1, "place", "file:///elsewhere/shop/src/order/order.ts", 9),
    frame(2, "place", "file:///elsewhere/shop/src/order/order.ts", 9),
    frame(3, "", "file:///elsewhere/shop/src/stock/stock.ts", 0),
    frame(4, "(idle)", "", -1),
    frame(5, "read", "node:fs", 3),
    frame(6, "pg", "file:///elsewhere/shop/node_modules/pg/index.ts", 3),
  ],
  samples: [1, 2, 3, 4, 5, 6, 1],
  timeDeltas: [1000, 2000, 500, 4000, 250, 250, -5],
};
const files = ["src/order/order.ts", "src/stock/stock.ts"];

describe("readProfile", () => {
  it("adds up self time by function and module, of a profile that another machine has written", () => {
    using project = writeProject({
      "a.cpuprofile": JSON.stringify(profile),
      ...Object.fromEntries(files.map((file) => [file, ""])),
    });
    const modules = findModules(project.root, files, []);
    expect(readProfile(join(project.root, "a.cpuprofile"), "shop", files, modules)).toEqual({
      profile: "a.cpuprofile",
      totalMs: 8,
      elsewhereMs: 4.5,
      modules: [
        { name: "order", selfMs: 3 },
        { name: "stock", selfMs: 0.5 },
      ],
      functions: [
        { name: "place", file: "src/order/order.ts", line: 10, module: "order", selfMs: 3 },
        { name: "(anonymous)", file: "src/stock/stock.ts", line: 1, module: "stock", selfMs: 0.5 },
      ],
    });
  });

  it.each([
    ["no.cpuprofile", "there is no such file"],
    ["text.cpuprofile", "is not JSON"],
    ["other.cpuprofile", "has no nodes, samples and timeDeltas"],
  ])("refuses %s in one line", (name, message) => {
    using project = writeProject({
      "text.cpuprofile": "hello",
      "other.cpuprofile": "{}",
      ...Object.fromEntries(files.map((file) => [file, ""])),
    });
    const modules = findModules(project.root, files, []);
    expect(() => readProfile(join(project.root, name), "shop", files, modules)).toThrow(message);
  });
});
