import { describe, expect, it } from "vitest";
import { readArguments, usage } from "./arguments.ts";

describe("readArguments", () => {
  it("takes a project, and renders its own folder", () => {
    expect(readArguments(["user-service"])).toEqual({
      project: "user-service",
      folder: "k8s/user-service",
      image: undefined,
    });
  });

  it("takes an overlay and an image", () => {
    expect(readArguments(["user-service", "--overlay", "dev", "--image=a/b:1"])).toEqual({
      project: "user-service",
      folder: "k8s/overlays/dev",
      image: "a/b:1",
    });
  });

  it.each([[[]], [["a", "b"]], [["../x"]], [["user-service", "--overlay", "../../x"]], [["user-service", "--force"]]])(
    "refuses %j, and says how it is used",
    (args) => {
      expect(() => readArguments(args)).toThrow(usage);
    },
  );
});
