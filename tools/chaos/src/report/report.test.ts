import { describe, expect, it } from "vitest";
import { goodRow } from "../testing/row-result.ts";
import { formatReport } from "./report.ts";

describe("formatReport", () => {
  it("says what it was measured on, and below the table what is remarkable and what is broken", () => {
    const odd = { ...goodRow, title: "200 outages", remarks: ["heap 20 MB"], violations: ["memory grows"] };
    const report = formatReport([goodRow, odd]);
    expect(report).toMatch(/^etcd 3\.5\.16, Node \d+\.\d+\.\d+, etcd3 \d+\.\d+\.\d+; .+\.\n\n\| fault /);
    expect(report).toMatch(/\n\n- 200 outages: heap 20 MB\n- BROKEN, 200 outages: memory grows\n$/);
  });
});
