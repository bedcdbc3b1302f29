import { writeFile } from "node:fs/promises";
import { join } from "node:path";
import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, it } from "vitest";
import { decodeJson, textAt } from "./json.ts";
import { type Child, startNode } from "./testing/child.ts";
import { type ScratchCheckout, makeScratchCheckout } from "./testing/scratch-checkout.ts";

/** Tells what it was given, and ends with this code. */
const migration = (code: number): string => `console.log(JSON.stringify(process.env)); process.exitCode = ${code};`;

let scratch: ScratchCheckout;
beforeAll(async () => void (scratch = await makeScratchCheckout()));
afterAll(() => scratch[Symbol.asyncDispose]());
beforeEach(async () => {
  await scratch.addApp("user-service", "");
  await scratch.addApp("unmigrated", "");
  await writeMigration(migration(0));
});
afterEach(() => scratch.settled());

function writeMigration(text: string): Promise<void> {
  return writeFile(join(scratch.folder, "apps", "user-service", "src", "migrate.ts"), text);
}

const migrate = (env: Record<string, string | undefined> = {}, app = "user-service"): Child =>
  startNode([scratch.source("migrate.ts"), app], {
    cwd: scratch.folder,
    env: { DATABASE_URL: undefined, POSTGRES_ADMIN_URL: undefined, ...env },
  });

describe("migrate", () => {
  it("runs the app's own migration on its development database, ends with it, and stops what it started", async () => {
    await using child = migrate();
    const env = decodeJson(await child.line("DATABASE_URL"));
    expect(textAt(env, "DATABASE_URL")).toMatch(/^postgres:\/\/user_service:.*\/user_service/);
    expect(await child.ended).toBe(0);
  });

  it("starts no PostgreSQL where DATABASE_URL names a database", async () => {
    const supervisors = await scratch.supervisorStarts();
    await using child = migrate({ DATABASE_URL: "postgres://db/users" });
    expect(textAt(decodeJson(await child.line("DATABASE_URL")), "DATABASE_URL")).toBe("postgres://db/users");
    expect(await child.ended).toBe(0);
    expect(await scratch.supervisorStarts()).toBe(supervisors);
  });

  it("ends with the code of a migration that fails", async () => {
    await writeMigration(migration(3));
    await using child = migrate({ DATABASE_URL: "postgres://db/users" });
    expect(await child.ended).toBe(3);
  });

  it("ends a migration when it is asked to stop, and does not call that a success", async () => {
    await writeMigration(`console.log("migrating"); setInterval(() => undefined, 1000);`);
    await using child = migrate({ DATABASE_URL: "postgres://db/users" });
    await child.line("migrating");
    child.process.kill("SIGTERM");
    expect(await child.ended).toBe(1);
  });

  it("names the apps that have migrations when there is none of that name", async () => {
    await using child = migrate({}, "unmigrated");
    expect(await child.ended).toBe(1);
    expect(child.output()).toBe("usage: migrate.ts <app>, where <app> is one of: user-service");
  });
});
