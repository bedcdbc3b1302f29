import { describe, it } from "vitest";
import { stranglesWell } from "./testing/strangles-well.ts";

// So few calls decide nothing but that the guards are there: what they are worth is shown by libs/strangler.
const guards = "--max-error-percent 50 --max-mismatch-percent 50 --max-slow-percent 50 --slower-by-ms 2000".split(" ");
const ramp = ["--steps", "50,100", "--min-seconds", "1", "--min-calls", "20", "--mirror", "50", ...guards];

describe("the user module, taken out of the monolith under load", () => {
  const timeout = 300_000; // half a minute, on a machine that has nothing else to do
  it("goes from 0 to 100 %, then its writes: no call fails, each user is there", { timeout }, ({ signal }) =>
    stranglesWell({ taken: ["user"], back: undefined, rate: 40, ramp, kill: undefined, signal }),
  );
});
