import { describe, it } from "vitest";
import { rollsWell } from "./testing/rolls-well.ts";

describe("a rolling restart", () => {
  it("of every instance of the three services under load: no call fails, no order is lost or doubled", ({ signal }) =>
    rollsWell({ calls: 2000, concurrency: 4, instances: 2, signal }));
});
