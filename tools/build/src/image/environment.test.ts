import { readEnvironment } from "@banyan/service";
import { describe, expect, it } from "vitest";
import { imageEnvironment, imageName } from "./environment.ts";

const read = (variables: Readonly<Record<string, string>>) => readEnvironment(imageEnvironment, variables);

describe("the name of an image", () => {
  it("has the project and the version, and before them the registry where there is one", () => {
    expect(imageName("user-service", "0.1.0", read({}))).toBe("banyan/user-service:0.1.0");
    expect(imageName("user-service", "0.1.0", read({ IMAGE_REGISTRY: "localhost:5000" }))).toBe(
      "localhost:5000/banyan/user-service:0.1.0",
    );
  });

  it.each([
    { IMAGE_REGISTRY: "https://example.com" },
    { IMAGE_REGISTRY: "Example.com" },
    { IMAGE_VERSION: "a b" },
    { IMAGE_VERSION: `1${"0".repeat(128)}` },
    { BASE_IMAGE: "--privileged" },
    { BASE_IMAGE: "node 26" },
  ])("is refused by the name of the variable: %j", (variables) => {
    expect(() => read(variables)).toThrow(Object.keys(variables)[0]);
  });

  it("may be based on an image by its digest", () => {
    const base = `docker.io/library/node:26.10.0-trixie-slim@sha256:${"0".repeat(64)}`;
    expect(read({ BASE_IMAGE: base }).BASE_IMAGE).toBe(base);
  });
});
