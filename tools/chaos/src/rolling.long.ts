import { describe, it } from "vitest";
import { deploysWell } from "./testing/deploys-well.ts";
import { rollsWell } from "./testing/rolls-well.ts";

describe("a rolling restart, for 200,000 calls", () => {
  it("again and again, in place and with the new instance first: no call fails, and the books balance", ({ signal }) =>
    rollsWell({ calls: 200_000, concurrency: 8, instances: 2, signal }));
});

describe("a deploy, of three instances of each service", () => {
  it("at the load that the machine carries: no call fails, and the books balance", ({ signal }) =>
    deploysWell({ calls: 20_000, concurrency: 8, instances: 3, signal }));
});
