import { describe, it } from "vitest";
import { lightCallerFaults } from "./callers/caller-faults.ts";
import { callersPlayWell } from "./testing/plays-well.ts";

describe.concurrent("callers, side by side", () => {
  for (const fault of lightCallerFaults) {
    it(fault.promise, ({ signal }) => callersPlayWell(fault, { signal, light: true }));
  }
});
