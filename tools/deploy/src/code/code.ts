import { readdir, readFile } from "node:fs/promises";
import { join } from "node:path";
import { readCompositionRoot } from "./composition-root.ts";
import { constantOf, numberOf, parseSource } from "./source.ts";
import { readVariables, type Variables } from "./variables.ts";
import { workspaceRoot } from "../workspace.ts";

/** What the manifests of one service have to agree with. */
export interface ServiceCode {
  /** The folder in apps/, as in `user-service`; the name of its Deployment, too. */
  readonly project: string;
  /** Of its package.json. */
  readonly version: string;
  /** The name in etcd and in grpc.health.v1, as in `user`. */
  readonly name: string;
  /** The names of those that it calls. */
  readonly calls: readonly string[];
  /** The ports that it listens on unless the environment says otherwise. */
  readonly port: number;
  readonly adminPort: number;
  readonly variables: Variables;
}

/** What the manifests of all services have to agree with. */
export interface Code {
  readonly services: readonly ServiceCode[];
  /** How long a process may take from SIGTERM to its end, each part with the place that bounds it; milliseconds. */
  readonly shutdown: readonly { readonly what: string; readonly ms: number }[];
  /** How long an instance that died is still listed, unless the environment says otherwise. */
  readonly leaseTtlSeconds: number;
  /** The name under which grpc.health.v1 answers for the process alone. */
  readonly liveness: string;
  /** The password that is refused outside of development. */
  readonly trialPassword: string;
}

/** PORT and ADMIN_PORT are this far apart (libs/rpc/README.md). */
const adminOffset = 1000;

/** Reads what the code says; @throws when the proof can no longer find it. */
export async function readCode(): Promise<Code> {
  const apps = (await readdir(join(workspaceRoot, "apps"))).filter((name) => name.endsWith("-service")).sort();
  const bounded = async (what: string, path: string, name: string) => ({ what, ms: await numberOf(path, name) });
  return {
    services: await Promise.all(apps.map((project) => readService(project))),
    shutdown: [
      await bounded("the lease is revoked", "libs/registry/src/registrar.ts", "withdrawalMs"),
      await bounded("the news spreads", "libs/registry/src/registry.ts", "defaultSpreadMs"),
      await bounded("calls in flight end", "libs/rpc/src/server/serve.ts", "drainTimeoutMs"),
      await bounded("connections close", "libs/rpc/src/server/caller-port.ts", "partingMs"),
      await bounded("the last traces are sent", "libs/telemetry/src/tracing/environment.ts", "defaultTimeoutMs"),
      await bounded("what was left open is given up", "libs/service/src/run.ts", "lingerMs"),
      // Two pools that are ended side by side (libs/postgres/README.md).
      { what: "statements under way end", ms: 5000 },
    ],
    leaseTtlSeconds: await numberOf("libs/registry/src/environment.ts", "defaultSeconds"),
    trialPassword: String(await constantOf("libs/postgres/src/environment.ts", "trialPassword")),
    liveness: String(await constantOf("libs/rpc/src/server/health.ts", "liveness")),
  };
}

async function readService(project: string): Promise<ServiceCode> {
  const app = join(workspaceRoot, "apps", project);
  const manifest: { readonly version: string } = JSON.parse(await readFile(join(app, "package.json"), "utf8"));
  const { announces, calls } = readCompositionRoot(await parseSource(join("apps", project, "src/main.ts")));
  const variables = await readVariables(app);
  const port = Number(variables.get("PORT")?.standard);
  if (!Number.isInteger(port)) throw new Error(`apps/${project}/src/config.ts has no PORT with a default`);
  return { project, version: manifest.version, name: announces, calls, port, adminPort: port + adminOffset, variables };
}
