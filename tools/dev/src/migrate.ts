import { access, readdir } from "node:fs/promises";
import { join } from "node:path";
import { databaseName, openEnvironment } from "./environment.ts";
import { thisCheckout } from "./locations.ts";
import { runMain } from "./process/command-line.ts";
import { startProgram } from "./process/program.ts";
import { askedToStop } from "./process/termination.ts";
import { SetupError } from "./setup-error.ts";

/**
 * `node tools/dev/src/migrate.ts user-service` brings the development database of one app up to date, as its image does
 * before a new version starts: by the app's own `src/migrate.ts`. PostgreSQL is brought up where DATABASE_URL and
 * POSTGRES_ADMIN_URL name no other. `nx run user-service:migrate` runs this (`nx migrate` is another: Nx updating itself).
 */
const migration = join("src", "migrate.ts");

/** How long a migration may take to end after SIGTERM before it is killed; PostgreSQL then rolls back what was open. */
const patienceSeconds = 20;

function say(line: string): void {
  process.stderr.write(`migrate: ${line}\n`);
}

async function findApp(name: string | undefined): Promise<string> {
  const apps = join(thisCheckout(), "apps");
  const migrates = (app: string): Promise<boolean> =>
    access(join(apps, app, migration)).then(
      () => true,
      () => false,
    );
  const known: string[] = [];
  for (const app of await readdir(apps)) if (await migrates(app)) known.push(app);
  if (name !== undefined && known.includes(name)) return join(apps, name);
  throw new SetupError(`usage: migrate.ts <app>, where <app> is one of: ${known.join(", ")}`);
}

await runMain(async () => {
  const [app = ""] = process.argv.slice(2);
  const folder = await findApp(app);
  const stopped = askedToStop();

  await using environment = openEnvironment({ env: process.env, onProgress: say });
  const given = process.env["DATABASE_URL"];
  const reached = await Promise.race([given ? { url: given, version: "" } : environment.database(app), stopped]);
  if (typeof reached === "string") return 1;
  if (!given) say(`database ${databaseName(app)}`);

  const program = await startProgram({
    args: [migration],
    folder,
    env: { BANYAN_ENV: "development", ...process.env, DATABASE_URL: reached.url },
    stdio: "inherit",
    patienceSeconds,
  });
  const outcome = await Promise.race([program.ended, stopped]);
  if (typeof outcome !== "string") return outcome.code ?? 1;
  if ((await program.stop()) === "killed")
    say(`${app} had not ended ${patienceSeconds} s after SIGTERM and was killed`);
  return 1;
});
