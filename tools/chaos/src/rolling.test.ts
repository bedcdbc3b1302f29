import { describe, it } from "vitest";
import { deploysWell } from "./testing/deploys-well.ts";
import { rollsWell } from "./testing/rolls-well.ts";

describe("a rolling restart", () => {
  it("of every instance of the three services under load: no call fails, no order is lost or doubled", ({ signal }) =>
    rollsWell({ calls: 2000, concurrency: 4, instances: 2, signal }));
});

describe("a deploy", () => {
  it("of a next version, with a migration that expands, beside the one that serves: no call fails", ({ signal }) =>
    deploysWell({ calls: 500, concurrency: 4, instances: 2, signal }));
});
