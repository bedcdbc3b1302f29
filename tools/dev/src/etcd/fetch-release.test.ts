import { describe, expect, it } from "vitest";
import { SetupError } from "../setup-error.ts";
import { expectedSum, releaseName } from "./fetch-release.ts";

describe("releaseName", () => {
  it.each([
    ["linux", "x64", "linux-amd64.tar.gz"],
    ["linux", "arm64", "linux-arm64.tar.gz"],
    ["darwin", "x64", "darwin-amd64.zip"],
    ["darwin", "arm64", "darwin-arm64.zip"],
  ])("for %s %s ends in %s", (platform, arch, ending) => {
    expect(releaseName(platform, arch)).toMatch(new RegExp(`^etcd-v3\\.5\\.\\d+-${ending.replaceAll(".", "\\.")}$`));
  });

  it("refuses a platform without a release", () => {
    expect(() => releaseName("win32", "x64")).toThrow(SetupError);
    expect(() => releaseName("linux", "ia32")).toThrow("no release of etcd for linux ia32");
  });
});

describe("expectedSum", () => {
  const sums = "aaa  etcd-a.tar.gz\nbbb *etcd-b.zip\n";

  it("finds the sum of a file, and none of a file that is not listed", () => {
    expect(expectedSum(sums, "etcd-a.tar.gz")).toBe("aaa");
    expect(expectedSum(sums, "etcd-b.zip")).toBe("bbb");
    expect(expectedSum(sums, "etcd")).toBeUndefined();
  });
});
