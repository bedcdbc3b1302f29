import { expect, it } from "vitest";
import { candidateFaults } from "./strangling/candidate-faults.ts";
import { formatRampTable, violationsOf } from "./strangling/ramp-table.ts";
import { runRamps, type RampRow } from "./strangling/ramp-run.ts";

const { errors, wrong, slow } = candidateFaults;
const rows = [errors, wrong, slow].map((fault): RampRow => ({ fault, when: "at 50 %" }));

it("a candidate that turns bad under load is rolled back by itself", { timeout: 600_000 }, async ({ signal }) => {
  const results = await runRamps({ rows, rate: 100, signal, onProgress: () => undefined });
  expect(violationsOf(results), formatRampTable(results)).toEqual([]);
  // What the candidate fails the legacy answers: no caller sees it.
  expect(results.map(({ failed }) => failed)).toEqual([0, 0, 0]);
});
