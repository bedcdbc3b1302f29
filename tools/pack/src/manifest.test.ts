import { describe, expect, it } from "vitest";
import type { Library } from "./library.ts";
import { packedManifest } from "./manifest.ts";

const library: Library = {
  root: "libs/cups",
  name: "@banyan/cups",
  version: "0.2.0",
  description: "Cups",
  license: "Apache-2.0",
  exports: { ".": "./src/index.ts", "./testing": "./src/testing/index.ts" },
  dependencies: { "@banyan/saucers": "*", "@connectrpc/connect": "2.2.0", zod: "4.6.7" },
};
const versions = new Map([["@banyan/saucers", "0.1.3"]]);

describe("packedManifest", () => {
  it("exports what was compiled, the types first", () => {
    const { exports } = packedManifest(library, versions);
    expect(exports).toEqual({
      ".": { types: "./dist/index.d.ts", default: "./dist/index.js" },
      "./testing": { types: "./dist/testing/index.d.ts", default: "./dist/testing/index.js" },
    });
    expect(Object.keys(exports["."] ?? {})).toEqual(["types", "default"]);
  });

  it("asks for compatible versions, of siblings too, and lets the user bring Connect", () => {
    expect(packedManifest(library, versions)).toMatchObject({
      dependencies: { "@banyan/saucers": "^0.1.3", zod: "^4.6.7" },
      peerDependencies: { "@connectrpc/connect": "^2.2.0" },
    });
  });

  it("may be published, and says for which Node", () => {
    const manifest = packedManifest(library, versions);
    expect(manifest).not.toHaveProperty("private");
    expect(manifest).not.toHaveProperty("sideEffects");
    expect(manifest).toMatchObject({ type: "module", engines: { node: ">=24" }, version: "0.2.0" });
    expect(packedManifest({ ...library, sideEffects: false }, versions).sideEffects).toBe(false);
  });

  it.each([
    ["zod", "^4.0.0"],
    ["zod", "*"],
    ["typescript", "npm:@typescript/typescript6@6.0.2"],
  ])("refuses %s %s", (name, version) => {
    expect(() => packedManifest({ ...library, dependencies: { [name]: version } }, versions)).toThrow(
      `libs/cups/package.json: dependencies.${name}: expected an exact version, or * for a library of the workspace, got "${version}"`,
    );
  });
});
