import { describe, expect, it } from "vitest";
import { formatTable } from "./table.ts";

describe("formatTable", () => {
  it("makes columns as wide as their widest cell", () => {
    expect(formatTable([["key", "address"], ["/services/user/1", "localhost:50051"], ["/a"]])).toEqual([
      "key               address",
      "/services/user/1  localhost:50051",
      "/a",
    ]);
    expect(formatTable([])).toEqual([]);
  });
});
