import { randomUUID } from "node:crypto";
import { UserService } from "@banyan/stubs-user";
import { createClient, type Client, type Transport } from "@connectrpc/connect";
import { beforeAll, describe, expect, it } from "vitest";
import { refusalOf } from "../clients/refusal.ts";
import { newEmail, uuidV7 } from "./samples.ts";

/**
 * What `user.v1.UserService` promises, whoever serves it.
 *
 * @param transport to the server; called once its tests begin
 */
export function userContract(transport: () => Transport): void {
  describe("user.v1.UserService", () => {
    let users: Client<typeof UserService>;
    const password = "correct horse";

    beforeAll(() => {
      users = createClient(UserService, transport());
    });

    const emailTaken = { code: "AlreadyExists", reason: "EMAIL_TAKEN", domain: "user.banyan", facts: {} };

    it("creates a user under a UUIDv7, and reads it back as it was given", async () => {
      const email = `Grace.${newEmail()}`;
      const { userId, success } = await users.createUser({ email, name: "Grace Hopper 🐝", password });
      expect(success).toBe(true);
      expect(userId).toMatch(uuidV7);
      expect(await users.getUser({ userId })).toMatchObject({ userId, email, name: "Grace Hopper 🐝" });
    });

    it("reads a user whose id is written in capitals", async () => {
      const { userId } = await users.createUser({ email: newEmail(), name: "Ada", password });
      expect(await users.getUser({ userId: userId.toUpperCase() })).toMatchObject({ userId });
    });

    it("refuses an email that is taken, without regard to letter case, and keeps the first user", async () => {
      const email = newEmail();
      const { userId } = await users.createUser({ email, name: "First", password });
      for (const same of [email, email.toUpperCase()]) {
        expect(await refusalOf(users.createUser({ email: same, name: "Second", password }))).toEqual(emailTaken);
      }
      expect(await users.getUser({ userId })).toMatchObject({ email, name: "First" });
    });

    it("takes an email once, however the accents in it are encoded", async () => {
      const email = `é${newEmail()}`;
      await users.createUser({ email: email.normalize("NFC"), name: "First", password });
      const second = users.createUser({ email: email.normalize("NFD"), name: "Second", password });
      expect(await refusalOf(second)).toEqual(emailTaken);
    });

    it("lets exactly one of eight have an email that they ask for at once", async () => {
      const email = newEmail();
      const tries = Array.from({ length: 8 }, () => users.createUser({ email, name: "Ada", password }));
      const outcomes = await Promise.all(
        tries.map((created) =>
          created.then(
            () => "created",
            () => refusalOf(created),
          ),
        ),
      );
      expect(outcomes.filter((outcome) => outcome === "created")).toHaveLength(1);
      expect(outcomes.filter((outcome) => outcome !== "created")).toEqual(Array.from({ length: 7 }, () => emailTaken));
    });

    it("answers NOT_FOUND with the id for a user that nobody has created", async () => {
      const userId = randomUUID();
      expect(await refusalOf(users.getUser({ userId }))).toEqual({
        code: "NotFound",
        reason: "USER_NOT_FOUND",
        domain: "user.banyan",
        facts: { user_id: userId },
      });
    });

    it("takes passwords from 8 to 1024 bytes of UTF-8", async () => {
      for (const longest of ["12345678", "ééé66", "x".repeat(1024), "é".repeat(512)]) {
        expect(await users.createUser({ email: newEmail(), name: "Ada", password: longest })).toMatchObject({
          success: true,
        });
      }
    });
  });
}
