import { mkdtemp, readFile, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterEach, beforeEach, describe, expect, it } from "vitest";
import { usualBounds } from "./bounds.ts";
import type { SingleFault } from "./fault.ts";
import { runRow } from "./row.ts";
import { describeRow, runRows } from "./rows.ts";
import { goodRow } from "./testing/row-result.ts";

let folder: string;
beforeEach(async () => void (folder = await mkdtemp(join(tmpdir(), "banyan-rows-"))));
afterEach(() => rm(folder, { recursive: true }));

const harmless: SingleFault = {
  name: "harmless",
  title: "nothing at all",
  promise: "nothing happens",
  world: "single",
  bounds: usualBounds,
  strike: (stage) => stage.recovered(),
};
const endless: SingleFault = { ...harmless, name: "endless", strike: (stage) => stage.pause(600) };

describe("runRows", () => {
  it("breaks the row of a fault that throws, shows the end of its log, and plays the others", async () => {
    const broken: SingleFault = {
      ...harmless,
      name: "broken",
      strike: () => Promise.reject(new Error("it fell over")),
    };
    const lines: string[] = [];
    const options = {
      folder,
      atOnce: 1,
      signal: new AbortController().signal,
      onProgress: (l: string) => lines.push(l),
    };
    const [first, second] = await runRows([broken, harmless], runRow, options);
    expect(first).toMatchObject({ name: "broken", violations: ["it fell over"], backAfterMs: undefined });
    expect(second).toMatchObject({ name: "harmless", violations: [], backAfterMs: expect.any(Number) });
    expect(lines[0]).toBe("… broken: nothing at all");
    expect(lines.join("\n")).toContain(`the whole log is ${first?.logFile}`);
    expect(await readFile(first?.logFile ?? "", "utf8")).toContain("VIOLATION: it fell over");
  });

  it("breaks a row whose bound does not hold, and says by how much", async () => {
    const strict: SingleFault = { ...harmless, bounds: { ...usualBounds, back: 0 } };
    const options = { folder, atOnce: 1, signal: new AbortController().signal, onProgress: () => undefined };
    const [row] = await runRows([strict], runRow, options);
    expect(row?.violations).toContainEqual(expect.stringMatching(/^w1 knew everybody after \d\.\d s \(bound: 0 s\)$/));
    expect(row?.violations).toContainEqual(
      expect.stringMatching(/^everybody was announced after \d\.\d s \(bound: 0 s\)$/),
    );
  });

  it("gives a row up after its limit", async () => {
    const options = { folder, atOnce: 1, signal: new AbortController().signal, onProgress: () => undefined };
    const [row] = await runRows([{ ...endless, limitSeconds: 3 }], runRow, options);
    expect(row?.violations).toEqual(["not done within 3 s"]);
  });

  it("ends early when it is told to, and starts no more", async () => {
    const stopping = new AbortController();
    const eager: SingleFault = {
      ...endless,
      async strike(stage) {
        stopping.abort();
        await stage.pause(600);
      },
    };
    const options = { folder, atOnce: 1, signal: stopping.signal, onProgress: () => undefined };
    const results = await runRows([eager, harmless], runRow, options);
    expect(results.map(({ name, violations }) => [name, violations])).toEqual([["endless", ["ended before its time"]]]);
  });
});

describe("describeRow", () => {
  it("is one line for a row that holds, with its remarks", () => {
    expect(describeRow({ ...goodRow, remarks: ["heap 20 MB"] })).toEqual(["✔ killed  8.4 s; heap 20 MB"]);
  });
});
