import { parseArgs } from "node:util";
import { UsageError } from "../../command-line.ts";
import { describeMachine } from "../../machine.ts";
import { formatNumber } from "../../format-number.ts";
import { markdownTable } from "../../markdown-table.ts";
import { garbageBetween, type Point } from "./flatness.ts";
import { runSoak, type SoakOptions } from "./run-soak.ts";

const garbageColumns = ["a call", "garbage, KB", "CPU, µs", "of that collecting, %"];

try {
  const soaked = await runSoak({ ...readOptions(), onProgress: (line) => process.stderr.write(`${line}\n`) });
  const columns = ["after garbage collection", "calls", "heap, MB", "buffers, MB", "resident, MB", "open handles"];
  const rows = [...soaked.server.map(rowOf("server")), ...soaked.client.map(rowOf("client"))];
  const garbage = [garbageRow("server", soaked.server), garbageRow("client", soaked.client)];
  const verdict = soaked.grown.length === 0 ? ["Both are flat."] : soaked.grown;
  const tables = [markdownTable(columns, rows), "", markdownTable(garbageColumns, garbage)];
  process.stdout.write([...describeMachine(), "", ...tables, "", ...verdict, ""].join("\n"));
  process.exitCode = soaked.grown.length === 0 ? 0 : 1;
} catch (error) {
  if (!(error instanceof UsageError)) throw error;
  process.stderr.write(`${error.message}\n`);
  process.exitCode = 2;
}

/** Of the calls between the first look and the last one. */
function garbageRow(process: string, points: readonly Point[]): string[] {
  const { allocatedBytes, collectingMs, cpuMs, calls } = garbageBetween(points);
  const [kilobytes, share] = [allocatedBytes / calls / 1000, (100 * collectingMs) / cpuMs];
  return [process, kilobytes.toFixed(2), ((1000 * cpuMs) / calls).toFixed(2), share.toFixed(1)];
}

/** @throws {UsageError} */
function readOptions(): Pick<SoakOptions, "calls" | "inFlight" | "atMostMs"> {
  const { values } = parsed();
  return {
    calls: wholeNumber("calls", values.calls),
    inFlight: wholeNumber("in-flight", values["in-flight"]),
    atMostMs: 60_000 * wholeNumber("minutes", values.minutes),
  };
}

function parsed() {
  try {
    return parseArgs({
      options: {
        calls: { type: "string", default: "10000000" },
        "in-flight": { type: "string", default: "64" },
        minutes: { type: "string", default: "30" },
      },
    });
  } catch (error) {
    throw new UsageError(error instanceof Error ? error.message : String(error));
  }
}

function rowOf(process: string): (point: Point) => string[] {
  const megabytes = (bytes: number): string => (bytes / 1e6).toFixed(2);
  return ({ calls, held }) => [
    process,
    formatNumber(calls),
    megabytes(held.heapBytes),
    megabytes(held.bufferBytes),
    megabytes(held.rssBytes),
    formatNumber(held.handles),
  ];
}

function wholeNumber(name: string, text: string): number {
  if (/^[1-9]\d{0,8}$/.test(text)) return Number(text);
  throw new UsageError(`--${name}: expected a whole number in [1, 999999999], got "${text}"`);
}
