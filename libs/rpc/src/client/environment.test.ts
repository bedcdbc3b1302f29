import { mkdtemp, rm, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { UserService } from "@banyan/stubs-user";
import { createClient } from "@connectrpc/connect";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { selfSigned } from "../testing/self-signed.ts";
import { openUserServer } from "../testing/user-server.ts";
import { readClientTls } from "./environment.ts";
import { http2Transport } from "./http2-transport.ts";

describe("TLS_CA_FILE", () => {
  const own = selfSigned();
  let folder: string;
  beforeAll(async () => {
    folder = await mkdtemp(join(tmpdir(), "tls-ca-"));
    await writeFile(
      join(folder, "ca.crt"),
      `what is around certificates is no matter\n${own.cert}${selfSigned().cert}`,
    );
    await writeFile(join(folder, "own.key"), own.key);
  });
  afterAll(() => rm(folder, { recursive: true }));

  it("says whom to trust, one of several", async () => {
    const tls = await readClientTls({ TLS_CA_FILE: join(folder, "ca.crt") });
    await using server = await openUserServer({}, { tls: own });
    await using transport = http2Transport(server.address, { tls });
    expect(await createClient(UserService, transport).getUser({ userId: "7" })).toMatchObject({ userId: "7" });
  });

  it("stands for cleartext where it is not set", async () => {
    expect(await readClientTls({})).toBeUndefined();
  });

  it.each([
    ["cannot be read", "none.crt", /^TLS_CA_FILE: cannot read .*none\.crt$/],
    ["holds no certificate", "own.key", /^TLS_CA_FILE: expected certificates in PEM in .*own\.key$/],
  ])("is refused by name when it %s", async (_, file, message) => {
    await expect(readClientTls({ TLS_CA_FILE: join(folder, file) })).rejects.toThrow(message);
  });
});
