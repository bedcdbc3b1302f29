import { argon2Sync } from "node:crypto";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { openMonolith, type Monolith } from "../testing/open-monolith.ts";

describe("the user module", () => {
  const opened = new AsyncDisposableStack();
  let monolith: Monolith;

  beforeAll(async () => {
    monolith = opened.use(await openMonolith());
  });

  afterAll(() => opened.disposeAsync());

  it("stores a password as an argon2id hash in PHC format, which any implementation can verify", async () => {
    const password = "correct horse";
    const { userId } = await monolith.users.createUser({ email: "ada@example.com", name: "Ada", password });
    const [row] = await monolith.database.query<{ readonly password_hash: string }>({
      name: "find-password-hash",
      text: "select password_hash from users where id = $1",
      values: [userId],
    });
    const [, memory, passes, parallelism, salt = "", hash] =
      /^\$argon2id\$v=19\$m=(\d+),t=(\d+),p=(\d+)\$([A-Za-z0-9+/]{22})\$([A-Za-z0-9+/]{43})$/.exec(
        row?.password_hash ?? "",
      ) ?? [];
    const again = argon2Sync("argon2id", {
      message: password,
      nonce: Buffer.from(salt, "base64"),
      memory: Number(memory),
      passes: Number(passes),
      parallelism: Number(parallelism),
      tagLength: 32,
    });
    expect(again.toString("base64").replaceAll("=", "")).toBe(hash);
  });

  it("remembers a user that it has read or created, and asks the database no more", async () => {
    const user = { email: "grace@example.com", name: "Grace" };
    const { userId } = await monolith.users.createUser({ ...user, password: "correct horse" });
    await monolith.database.query({ name: "forget-user", text: "delete from users where id = $1", values: [userId] });
    expect(await monolith.users.getUser({ userId })).toMatchObject({ userId, ...user });
  });
});
