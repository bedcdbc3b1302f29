import { chmod, copyFile, mkdtemp, readFile, rm, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";

/** How the stand-in behaves. */
export interface Scenario {
  /** The revision that is deployed already. */
  readonly revision?: string;
  /** Fails when its arguments begin so, as in `rollout status`. */
  readonly fails?: string;
  /** Whether it does so the first time alone. Default false. */
  readonly once?: boolean;
  /** The port of 127.0.0.1 that it says it forwards to. */
  readonly port?: number;
}

/** A program that is called as kubectl is, plays a cluster, and remembers what it was asked. */
export interface StandIn extends AsyncDisposable {
  readonly program: string;
  /** The commands so far, without the form of their output. */
  asked(): Promise<string[]>;
  /** What was last applied. */
  applied(): Promise<string>;
}

export async function standInKubectl(scenario: Scenario = {}): Promise<StandIn> {
  const { revision = "", fails = "", once = false, port = 0 } = scenario;
  const folder = await mkdtemp(join(tmpdir(), "banyan-deploy-"));
  const program = join(folder, "kubectl");
  await copyFile(new URL("stand-in-kubectl.sh", import.meta.url), program);
  await chmod(program, 0o755);
  await writeFile(join(folder, "scenario"), `revision='${revision}' fails='${fails}' once=${once} port=${port}\n`);
  return {
    program,
    asked: async () => (await readFile(join(folder, "asked"), "utf8")).trim().split("\n"),
    applied: () => readFile(join(folder, "applied"), "utf8"),
    [Symbol.asyncDispose]: () => rm(folder, { recursive: true, force: true }),
  };
}
