import { describe, expect, it } from "vitest";
import { packedReadme } from "./readme.ts";

describe("packedReadme", () => {
  it("makes links to files of the repository their text", () => {
    expect(packedReadme("see [options.ts](src/options.ts) and [docs](../../docs/errors.md#kinds).")).toBe(
      "see options.ts and docs.",
    );
  });

  it("leaves links to the web and within the page", () => {
    const text = "[gRFC A6](https://github.com/grpc/proposal), [below](#bounds)";
    expect(packedReadme(text)).toBe("[gRFC A6](https://github.com/grpc/proposal), [below](#bounds)");
  });
});
