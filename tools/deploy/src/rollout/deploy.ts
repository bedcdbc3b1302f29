import { ExpectedError } from "@banyan/service";
import { callService } from "./call.ts";
import type { Forwarding, Kubectl } from "./kubectl.ts";
import type { Selection } from "./selection.ts";

export interface DeployOptions {
  readonly kubectl: Kubectl;
  /** Gets a line a step. */
  readonly onProgress: (line: string) => void;
}

/** What is waited for beyond Kubernetes' own bound on a rollout, so that its own words are heard, in seconds. */
const patienceSeconds = 60;

/**
 * Applies the objects of one service to the cluster of the current context, waits for the rollout, and calls the service
 * through a forwarded port. When one of these fails, the Deployment goes back to the revision before; its ConfigMap goes with
 * it, since that bears a hash of its content in its name. Other objects stay as they were applied.
 *
 * @throws {ExpectedError} when there is no cluster at hand, or when the deployment failed, saying what was done about it
 */
export async function deploy(project: string, selection: Selection, options: DeployOptions): Promise<void> {
  const { kubectl, onProgress } = options;
  const context = await clusterAtHand(kubectl);
  const target = `deployment/${project}`;
  const inNamespace = selection.namespace === undefined ? [] : [`--namespace=${selection.namespace}`];
  const before = await revisionOf(kubectl, target, inNamespace);
  try {
    const input = selection.objects.map((object) => JSON.stringify(object)).join("\n---\n");
    await kubectl.run(["apply", "--filename=-"], { input, timeoutMs: 120_000 });
    onProgress(`${project}: ${selection.objects.length} objects applied to ${context}`);
    await waitForRollout(kubectl, target, selection, inNamespace);
    onProgress(`${project}: rolled out, revision ${await revisionOf(kubectl, target, inNamespace)}`);
    await using forwarding: Forwarding = await kubectl.forward([target, `:${selection.port}`, ...inNamespace]);
    const services = await callService(forwarding.address, selection.name);
    onProgress(`${project}: called; it is SERVING ${services.join(", ")}`);
  } catch (error) {
    const done = await rollBack(kubectl, target, selection, { before, inNamespace });
    throw new ExpectedError(`${project}: ${done}: ${messageOf(error)}`);
  }
}

/** The name of the context. */
async function clusterAtHand(kubectl: Kubectl): Promise<string> {
  const context = await kubectl.run(["config", "current-context"]).catch((error: unknown) => {
    throw new ExpectedError(`no cluster at hand: ${messageOf(error)}; name one with kubectl config use-context`);
  });
  await kubectl.run(["get", "--raw=/readyz", "--request-timeout=10s"]).catch((error: unknown) => {
    throw new ExpectedError(`no cluster at hand: ${context.trim()} does not answer: ${messageOf(error)}`);
  });
  return context.trim();
}

/** The number of the Deployment's revision; "" while there is none. */
async function revisionOf(kubectl: Kubectl, target: string, inNamespace: readonly string[]): Promise<string> {
  const path = String.raw`{.metadata.annotations.deployment\.kubernetes\.io/revision}`;
  const found = await kubectl.run(["get", target, "--ignore-not-found", `--output=jsonpath=${path}`, ...inNamespace]);
  return found.trim();
}

async function waitForRollout(
  kubectl: Kubectl,
  target: string,
  { progressSeconds }: Selection,
  inNamespace: readonly string[],
): Promise<void> {
  const seconds = progressSeconds + patienceSeconds;
  const args = ["rollout", "status", target, `--timeout=${seconds}s`, ...inNamespace];
  await kubectl.run(args, { timeoutMs: (seconds + patienceSeconds) * 1000 });
}

interface Before {
  /** "" where this was the first deployment. */
  readonly before: string;
  readonly inNamespace: readonly string[];
}

/** @returns what was done, for the one line that says so */
async function rollBack(
  kubectl: Kubectl,
  target: string,
  selection: Selection,
  { before, inNamespace }: Before,
): Promise<string> {
  try {
    if (before === "") return "failed, and left as it is, since there is no revision before it";
    if ((await revisionOf(kubectl, target, inNamespace)) === before)
      return `failed, and is still at revision ${before}`;
    await kubectl.run(["rollout", "undo", target, `--to-revision=${before}`, ...inNamespace]);
    await waitForRollout(kubectl, target, selection, inNamespace);
    return `failed, and was rolled back to revision ${before}`;
  } catch (error) {
    return `failed, and could not be rolled back to revision ${before} (${messageOf(error)})`;
  }
}

function messageOf(error: unknown): string {
  return (error instanceof Error ? error.message : String(error)).replaceAll(/\s*\n\s*/g, "; ");
}
