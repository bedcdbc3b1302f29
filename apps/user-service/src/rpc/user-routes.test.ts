import { errorReasonOf } from "@banyan/rpc";
import { Code, ConnectError } from "@connectrpc/connect";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { openUsers } from "../testing/open-users.ts";

let service: Awaited<ReturnType<typeof openUsers>>;
beforeAll(async () => {
  service = await openUsers();
});
afterAll(() => service[Symbol.asyncDispose]());

const password = "correct horse";

/** The code and reason of a refusal. */
async function refusalOf(call: Promise<unknown>): Promise<[Code, string | undefined]> {
  const error: unknown = await call.then(
    () => expect.unreachable("the call was not refused"),
    (reason: unknown) => reason,
  );
  return [ConnectError.from(error).code, errorReasonOf(error)?.reason];
}

async function countUsers(): Promise<bigint | undefined> {
  const [row] = await service.database.query<{ count: bigint }>({
    name: "count-users",
    text: "select count(*) from users",
    values: [],
  });
  return row?.count;
}

describe("CreateUser", () => {
  it("creates a user that GetUser reads as it was given", async () => {
    const { userId, success } = await service.client.createUser({ email: "Ada@Example.com", name: "Ada 🌳", password });
    expect(success).toBe(true);
    expect(userId).toMatch(/^[0-9a-f]{8}-[0-9a-f]{4}-7[0-9a-f]{3}-/);
    expect(await service.client.getUser({ userId })).toMatchObject({
      userId,
      email: "Ada@Example.com",
      name: "Ada 🌳",
    });
  });

  it("refuses an email that is taken, without regard to letter case", async () => {
    await service.client.createUser({ email: "grace@example.com", name: "Grace", password });
    const again = service.client.createUser({ email: "GRACE@example.com", name: "Another Grace", password });
    expect(await refusalOf(again)).toEqual([Code.AlreadyExists, "EMAIL_TAKEN"]);
  });

  it("lets one of many through who want the same email at the same time", async () => {
    const before = await countUsers();
    const outcomes = await Promise.allSettled(
      Array.from({ length: 8 }, () =>
        service.client.createUser({ email: "race@example.com", name: "Racer", password }),
      ),
    );
    expect(outcomes.filter(({ status }) => status === "fulfilled")).toHaveLength(1);
    expect(await countUsers()).toBe((before ?? 0n) + 1n);
  });

  it("stores nothing of a refused user", async () => {
    const before = await countUsers();
    const refused = service.client.createUser({ email: "nobody", name: "", password: "x" });
    expect(await refusalOf(refused)).toEqual([Code.InvalidArgument, "INVALID_INPUT"]);
    expect(await countUsers()).toBe(before);
  });

  it("stores a password as argon2id alone", async () => {
    await service.client.createUser({ email: "secret@example.com", name: "S", password: "hunter2-hunter2" });
    const rows = await service.database.query<{ row: string }>({
      name: "everything",
      text: "select users::text as row from users where email_key = 'secret@example.com'",
      values: [],
    });
    expect(rows).toEqual([{ row: expect.stringContaining("$argon2id$v=19$") }]);
    expect(JSON.stringify(rows)).not.toContain("hunter2");
  });
});

describe("GetUser", () => {
  it("takes an id in capital letters", async () => {
    const { userId } = await service.client.createUser({ email: "caps@example.com", name: "C", password });
    expect((await service.client.getUser({ userId: userId.toUpperCase() })).userId).toBe(userId);
  });

  it("refuses an id that nobody has", async () => {
    const call = service.client.getUser({ userId: "0190163d-8694-739b-aea5-966c26f8ad91" });
    expect(await refusalOf(call)).toEqual([Code.NotFound, "USER_NOT_FOUND"]);
  });

  it.each(["", "42", "0190163d-8694-739b-aea5-966c26f8ad9", "' or 1=1 --"])("refuses the id %j", async (userId) => {
    expect(await refusalOf(service.client.getUser({ userId }))).toEqual([Code.InvalidArgument, "INVALID_INPUT"]);
  });
});
