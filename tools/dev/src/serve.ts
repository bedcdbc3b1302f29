import { access, readdir } from "node:fs/promises";
import { join } from "node:path";
import { databaseName, openEnvironment } from "./environment.ts";
import { thisCheckout } from "./locations.ts";
import { runMain } from "./process/command-line.ts";
import { startProgram } from "./process/program.ts";
import { askedToStop } from "./process/termination.ts";
import { SetupError } from "./setup-error.ts";

/**
 * `node tools/dev/src/serve.ts user-service` runs one service and restarts it on every change, with etcd and its database
 * brought up where the environment does not name others. `nx serve user-service` runs this.
 */
const patienceSeconds = 20;

function say(line: string): void {
  process.stderr.write(`serve: ${line}\n`);
}

async function findApp(name: string | undefined): Promise<string> {
  const apps = join(thisCheckout(), "apps");
  const folder = join(apps, name ?? "");
  const runs = (app: string): Promise<boolean> =>
    access(join(apps, app, "src", "main.ts")).then(
      () => true,
      () => false,
    );
  if (name !== undefined && (await runs(name))) return folder;
  const known: string[] = [];
  for (const app of await readdir(apps)) if (await runs(app)) known.push(app);
  throw new SetupError(`usage: serve.ts <app>, where <app> is one of: ${known.join(", ")}`);
}

await runMain(async () => {
  const [app = ""] = process.argv.slice(2);
  const folder = await findApp(app);
  const stopped = askedToStop();

  await using environment = openEnvironment({ env: process.env, onProgress: say });
  const given = process.env["DATABASE_URL"];
  const cameUp = Promise.all([environment.etcd(), given ? { url: given, version: "" } : environment.database(app)]);
  const reached = await Promise.race([cameUp, stopped]);
  if (typeof reached === "string") return 0;
  const [etcd, database] = reached;
  say(`etcd ${etcd.version} at ${etcd.url}`);
  if (!given) say(`PostgreSQL ${database.version}, database ${databaseName(app)}`);

  const program = await startProgram({
    args: ["--watch", "--watch-preserve-output", join("src", "main.ts")],
    folder,
    env: { BANYAN_ENV: "development", ...process.env, ETCD_ENDPOINTS: etcd.url, DATABASE_URL: database.url },
    stdio: "inherit",
    patienceSeconds,
  });
  const lost = environment.lost.then((reason) => ({ reason }));
  const outcome = await Promise.race([program.ended, lost, stopped]);

  if (typeof outcome === "string" || "reason" in outcome) {
    if (typeof outcome !== "string") say(outcome.reason);
    const how = await program.stop();
    if (how === "killed") say(`${app} had not ended ${patienceSeconds} s after SIGTERM and was killed`);
    return typeof outcome === "string" ? 0 : 1;
  }
  return outcome.code ?? 1;
});
