import { describe, expect, it } from "vitest";
import { readCode } from "../code/code.ts";
import { planted } from "../testing/planted.ts";
import { checkGrace } from "./grace.ts";

const code = await readCode();
const folder = "k8s/user-service";

describe("checkGrace", () => {
  it("refuses less time than the program may take after SIGTERM", async () => {
    const [violation] = checkGrace(await planted(folder, "PeriodSeconds: 45", "PeriodSeconds: 30"), code);
    expect(violation?.message).toMatch(
      /expected more than \d+(\.\d)?, got 30: 5 s of preStop.* 10 s until calls in flight end/,
    );
  });

  it("refuses a preStop that leaves too little of it", async () => {
    const [violation] = checkGrace(await planted(folder, "seconds: 5", "seconds: 25"), code);
    expect(violation?.message).toContain("got 45: 25 s of preStop");
  });

  it("refuses a pod without preStop", async () => {
    const [violation] = checkGrace(await planted(folder, "preStop:", "postStart:"), code);
    expect(violation?.message).toContain("preStop: expected a sleep");
  });
});
