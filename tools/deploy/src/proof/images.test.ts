import { describe, expect, it } from "vitest";
import { readCode } from "../code/code.ts";
import { planted } from "../testing/planted.ts";
import { checkImages } from "./images.ts";

const code = await readCode();

describe("checkImages", () => {
  it.each([
    ["an image without a version", "k8s/etcd", ":v3.5.16", "", "quay.io/coreos/etcd: expected one version"],
    ["the latest image", "k8s/postgres", ":18.4-trixie", ":latest", "postgres:latest: expected one version"],
    ["a tag that moves on", "k8s/postgres", ":18.4-trixie", ":trixie", "postgres:trixie: expected one version"],
    [
      "another version than the code's",
      "k8s/user-service",
      "banyan/user-service:0.1.0",
      "banyan/user-service:0.0.9",
      "image of ",
    ],
    [
      "another service's image",
      "k8s/user-service",
      "banyan/user-service:0.1.0",
      "banyan/order-service:0.1.0",
      "image of ",
    ],
  ])("refuses %s", async (_, folder, sound, fault, message) => {
    const violations = checkImages(await planted(folder, sound, fault), code);
    expect(violations).toContainEqual({
      where: expect.stringContaining(folder),
      message: expect.stringContaining(message),
    });
  });
});
