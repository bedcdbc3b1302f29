import { execFileSync } from "node:child_process";
import { describe, expect, it } from "vitest";
import { auditOf, writeProject } from "../testing/fixture.ts";

const source = {
  "src/user/users.ts": `
    export enum Level { Low = "LOW", High = "HIGH" }
    export interface Address { readonly street: string; readonly tags: readonly string[]; next?: Address | null }
    export interface User { id: string; age: number; level: Level; state: "ACTIVE" | "gone-away"; born: Date; credit: bigint;
      homes: Address[]; byName: Record<string, Address>; scores: Map<string, number>; photo?: Uint8Array; any: unknown; save(): void }
    export class Users {
      async find(id: string, options: { deep?: boolean } = {}): Promise<User | undefined> { return undefined; }
      async *watch(ids: Set<string>): AsyncGenerator<User> {}
      async remove(id: string, transaction: { query(text: string): Promise<void> }): Promise<void> {}
      async grid(): Promise<string[][]> { return []; }
      reckon(a: number) { return a + 1; }
    }
    export const insert = (db: any) => db.query("insert into users (id) values (1)");`,
  "src/order/order.ts": `
    import { Users } from "../user/users.ts";
    export async function run(users: Users, tx: any) {
      await users.find("1"); for await (const user of users.watch(new Set())) await users.remove(user.id, tx);
      await users.grid(); return users.reckon(1);
    }`,
};

describe("the draft of a contract", () => {
  it("has an RPC for each function that others wait for, in the words of its types, and buf takes it", async () => {
    const { plan } = await auditOf(source);
    const contract = plan.find(({ module }) => module === "user")?.contract;
    if (contract?.kind !== "draft") throw new Error(`expected a draft, got ${contract?.kind}`);
    expect(contract.rpcs).toBe(4);
    expect(contract.proto).toContain("rpc Watch(WatchRequest) returns (stream WatchResponse);");
    expect(contract.proto).not.toContain("Reckon");
    const message = (name: string) =>
      new RegExp(`message ${name} \\{([^}]*)\\}`)
        .exec(contract.proto)?.[1]
        ?.trim()
        .split(/\s*\n\s*/);
    expect(message("FindRequest")).toEqual(["string id = 1;", "optional FindRequestOptions options = 2;"]);
    expect(message("WatchRequest")).toEqual(["repeated string ids = 1;"]);
    expect(message("User")).toEqual([
      "string id = 1;",
      "double age = 2;",
      "Level level = 3;",
      "UserState state = 4;",
      "google.protobuf.Timestamp born = 5;",
      "int64 credit = 6;",
      "repeated Address homes = 7;",
      "map<string, Address> by_name = 8;",
      "map<string, double> scores = 9;",
      "optional bytes photo = 10;",
      "google.protobuf.Value any = 11;",
    ]);
    expect(contract.proto).toContain("  USER_STATE_GONE_AWAY = 2;");
    expect(contract.unmapped).toEqual([
      "User.any: unknown",
      "GridResponse.result: string[]",
      expect.stringMatching(/^RemoveRequest\.transaction: \{ query/),
    ]);

    using folder = writeProject({
      "buf.yaml": "version: v2\nmodules:\n  - path: proto\n",
      "proto/user/v1/user.proto": contract.proto,
    });
    expect(execFileSync("buf", ["build"], { cwd: folder.root, encoding: "utf8" })).toBe("");
  });
});
