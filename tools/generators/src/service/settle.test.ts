import { mkdtempDisposable, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { describe, expect, it } from "vitest";
import { namesOf } from "./names.ts";
import { settle } from "./settle.ts";

describe("settle", () => {
  it("says which command failed, and how to go on by hand", async () => {
    await using folder = await mkdtempDisposable(join(tmpdir(), "banyan-settle-"));
    await writeFile(join(folder.path, "package.json"), "{");
    await expect(settle(folder.path, namesOf("payment"))).rejects.toThrow(
      /^the service is written, but "npm install --package-lock-only .*" failed \(exit code 1\); when that is mended, go on with /,
    );
  });
});
