import { describe, expect, it } from "vitest";
import { planted } from "../testing/planted.ts";
import { checkSchema } from "./schema.ts";

const dev = "k8s/overlays/dev";

describe("checkSchema", () => {
  it.each([
    ["an unknown field", "maxSkew: 1", "maxSkwe: 1", '"maxSkwe"'],
    [
      "a number that is a text",
      "minReadySeconds: 5",
      'minReadySeconds: "5"',
      "Type 'string' is not assignable to type 'number'",
    ],
    [
      "a text that is a number",
      "LOG_FORMAT: json",
      "LOG_FORMAT: 1",
      "Type 'number' is not assignable to type 'string'",
    ],
    [
      "a word that is none of those allowed",
      "whenUnsatisfiable: ScheduleAnyway",
      "whenUnsatisfiable: Maybe",
      '"Maybe"',
    ],
    ["a missing field", "maxReplicas: 1", "", "maxReplicas"],
    ["an API version that was taken away", "apiVersion: policy/v1", "apiVersion: policy/v9", "Cannot find module"],
    [
      "an API version that is not stable",
      "apiVersion: policy/v1",
      "apiVersion: policy/v1beta1",
      "policy/v1beta1: expected a stable one",
    ],
  ])("refuses %s", async (_, sound, fault, message) => {
    const violations = checkSchema([await planted(dev, sound, fault)]);
    expect(violations).toContainEqual({
      where: expect.stringContaining(dev),
      message: expect.stringContaining(message),
    });
  });

  it("takes what is rendered as it stands", async () => {
    expect(checkSchema([await planted(dev)])).toEqual([]);
  });
});
