import { describe, it } from "vitest";
import { shortFaults } from "./faults.ts";
import { playsWell } from "./testing/plays-well.ts";

describe.concurrent("side by side", () => {
  for (const fault of shortFaults) it(fault.promise, ({ signal }) => playsWell(fault, signal));
});
