import { readFile } from "node:fs/promises";
import { join } from "node:path";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { workspaceRoot } from "./command.ts";
import { checkContracts } from "./contracts.ts";
import { openScratch, type Scratch } from "./scratch.ts";

describe("contracts", () => {
  let scratch: Scratch;
  let found: string[];

  async function edit(path: string, change: (text: string) => string): Promise<void> {
    await scratch.write(path, change(await readFile(join(scratch.path, path), "utf8")));
  }

  // buf and its plugins start a dozen times: every fault is made at once, and looked for by itself.
  beforeAll(async () => {
    scratch = await openScratch(workspaceRoot);
    await edit("proto/money/v1/money.proto", (text) => `${text}\nmessage undocumented {}\n`);
    await edit("proto/inventory/v1/inventory.proto", (text) => text.replace("message", "message   "));
    await edit("proto/user/v1/user.proto", (text) =>
      text.replace("string password = 3 [debug_redact = true]", "string password = 3"),
    );
    await edit("libs/stubs/order/src/gen/order/v1/order_pb.ts", (text) => `${text}\nexport const edited = 1;\n`);
    await scratch.write("libs/stubs/standard/src/gen/stale/v1/stale_pb.ts", "export {};\n");
    found = (await checkContracts(scratch.path)).map(({ rule, path }) => `${rule} ${path}`);
  });

  afterAll(async () => {
    await scratch[Symbol.asyncDispose]();
  });

  it.each([
    ["what buf lint refuses", "contracts/lint proto/money/v1/money.proto"],
    ["what buf format would change", "contracts/format proto/inventory/v1/inventory.proto"],
    ["what the descriptors must say", "contracts/redact proto/user/v1/user.proto"],
    ["a stub that was edited", "contracts/stubs libs/stubs/order/src/gen/order/v1/order_pb.ts"],
    ["a stub that was not generated again", "contracts/stubs libs/stubs/money/src/gen/money/v1/money_pb.ts"],
    ["a stub that no contract generates any more", "contracts/stubs libs/stubs/standard/src/gen/stale/v1/stale_pb.ts"],
  ])("finds %s", (_, expected) => {
    expect(found).toContain(expected);
  });

  it("finds nothing in what was left alone", () => {
    expect(found.filter((entry) => /proto\/order|stubs\/standard\/src\/gen\/(grpc|google)/.test(entry))).toEqual([]);
  });

  it("fails with buf's words when a contract does not compile", async () => {
    await edit("proto/order/v1/order.proto", (text) => `${text}\nmessage {`);
    await expect(checkContracts(scratch.path)).rejects.toThrow(/order\.proto:\d+:\d+:/);
  });
});
