import { argon2Sync } from "node:crypto";
import { describe, expect, it } from "vitest";
import { hashPassword } from "./password-hash.ts";

describe("hashPassword", () => {
  it("answers argon2id in PHC string format, with parameters that give the same hash again", async () => {
    const phc = await hashPassword("correct horse");
    expect(phc).toMatch(/^\$argon2id\$v=19\$m=19456,t=2,p=1\$[A-Za-z0-9+/]{22}\$[A-Za-z0-9+/]{43}$/);
    const [, , , , salt = "", tag] = phc.split("$");
    const again = argon2Sync("argon2id", {
      message: "correct horse",
      nonce: Buffer.from(salt, "base64"),
      memory: 19456,
      passes: 2,
      parallelism: 1,
      tagLength: 32,
    });
    expect(again.toString("base64").replace(/=+$/, "")).toBe(tag);
  });

  it("salts: the same password never has the same hash twice", async () => {
    expect(await hashPassword("correct horse")).not.toBe(await hashPassword("correct horse"));
  });
});
