import { serve, type Server } from "@banyan/rpc";
import { UserService } from "@banyan/stubs-user";
import { createLogger } from "@banyan/telemetry";
import { describe, expect, it } from "vitest";
import { planted } from "../testing/planted.ts";
import { standInKubectl, type Scenario } from "../testing/stand-in.ts";
import { deploy } from "./deploy.ts";
import { openKubectl } from "./kubectl.ts";
import { selectService } from "./selection.ts";

const selection = selectService(await planted("k8s/user-service"), "user-service");
const inDev = selectService(await planted("k8s/overlays/dev"), "user-service");

async function deployed(scenario: Scenario, what = selection) {
  await using standIn = await standInKubectl(scenario);
  const lines: string[] = [];
  const onProgress = (line: string): void => void lines.push(line);
  const outcome = deploy("user-service", what, { kubectl: openKubectl(standIn.program), onProgress });
  const failure = await outcome.then(
    () => undefined,
    (error: unknown) => (error instanceof Error ? error.message : String(error)),
  );
  return { lines, failure, asked: await standIn.asked(), applied: await standIn.applied().catch(() => "") };
}

/** What stands at the other end of the forwarded port. */
function openServer(healthy = true): Promise<Server> {
  return serve({
    name: "user",
    HOST: "127.0.0.1",
    PORT: 0,
    log: createLogger("user", { LOG_LEVEL: "silent", LOG_FORMAT: "json" }),
    routes: (router) => router.service(UserService, {}),
    healthy: () => (healthy ? Promise.resolve() : Promise.reject(new Error("no database"))),
  });
}

describe("deploy", () => {
  it("applies, waits for the rollout, calls the service, and says so", async () => {
    await using server = await openServer();
    const { lines, failure, asked, applied } = await deployed({ revision: "3", port: server.port }, inDev);
    expect(failure).toBeUndefined();
    expect(lines).toEqual([
      `user-service: ${inDev.objects.length} objects applied to a-cluster`,
      "user-service: rolled out, revision 4",
      "user-service: called; it is SERVING user.v1.UserService",
    ]);
    expect(asked).toEqual([
      "config current-context",
      "get --raw=/readyz --request-timeout=10s",
      "get deployment/user-service --ignore-not-found --namespace=banyan-dev",
      "apply --filename=-",
      "rollout status deployment/user-service --timeout=360s --namespace=banyan-dev",
      "get deployment/user-service --ignore-not-found --namespace=banyan-dev",
      "port-forward deployment/user-service :50051 --namespace=banyan-dev",
    ]);
    expect(applied.split("\n---\n").map((object) => JSON.parse(object))).toEqual(inDev.objects);
  });

  it("rolls back when the rollout gets stuck", async () => {
    const { failure, asked } = await deployed({ revision: "3", fails: "rollout status", once: true });
    expect(asked.slice(-2)).toEqual([
      "rollout undo deployment/user-service --to-revision=3",
      "rollout status deployment/user-service --timeout=360s",
    ]);
    expect(failure).toBe(
      "user-service: failed, and was rolled back to revision 3: kubectl rollout: error: this was made to fail; see above",
    );
  });

  it("says so when it cannot roll back", async () => {
    const { failure } = await deployed({ revision: "3", fails: "rollout" });
    expect(failure).toMatch(
      /^user-service: failed, and could not be rolled back to revision 3 \(kubectl rollout: .*: kubectl/,
    );
  });

  it("rolls back when the service does not answer on its port", async () => {
    const { failure, asked } = await deployed({ revision: "3", port: 1 });
    expect(asked.slice(-3)).toEqual([
      "get deployment/user-service --ignore-not-found",
      "rollout undo deployment/user-service --to-revision=3",
      "rollout status deployment/user-service --timeout=360s",
    ]);
    expect(failure).toMatch(/^user-service: failed, and was rolled back to revision 3: .*ECONNREFUSED/);
  });

  it("rolls back when the service says that it does not serve", async () => {
    await using server = await openServer(false);
    const { failure } = await deployed({ revision: "3", port: server.port });
    expect(failure).toMatch(/^user-service: failed, and was rolled back to revision 3: .* says of user: NOT_SERVING$/);
  });

  it("rolls back when a port cannot be forwarded", async () => {
    const { failure } = await deployed({ revision: "3", fails: "port-forward" });
    expect(failure).toBe(
      "user-service: failed, and was rolled back to revision 3: kubectl port-forward: error: this was made to fail; see above",
    );
  });

  it("undoes nothing where the apply was refused", async () => {
    const { failure, asked } = await deployed({ revision: "3", fails: "apply" });
    expect(asked.filter((command) => command.startsWith("rollout"))).toEqual([]);
    expect(failure).toMatch(/^user-service: failed, and is still at revision 3: kubectl apply: error/);
  });

  it("leaves a first deployment as it is, since there is nothing to go back to", async () => {
    const { failure, asked } = await deployed({ fails: "rollout status" });
    expect(asked.filter((command) => command.startsWith("rollout undo"))).toEqual([]);
    expect(failure).toMatch(/^user-service: failed, and left as it is, since there is no revision before it: /);
  });

  it.each([
    [
      "kubectl has no context",
      "config",
      /^no cluster at hand: kubectl config: .*; name one with kubectl config use-context$/,
    ],
    ["the cluster does not answer", "get --raw", /^no cluster at hand: a-cluster does not answer: kubectl get: /],
  ])("refuses in one line, and changes nothing, where %s", async (_, fails, message) => {
    const { failure, asked, lines } = await deployed({ fails });
    expect(failure).toMatch(message);
    expect(failure).not.toContain("\n");
    expect(asked.some((command) => command.startsWith("apply"))).toBe(false);
    expect(lines).toEqual([]);
  });

  it("refuses in one line where there is no kubectl", async () => {
    const kubectl = openKubectl("/nowhere/kubectl");
    const outcome = deploy("user-service", selection, { kubectl, onProgress: () => undefined });
    await expect(outcome).rejects.toThrow("no cluster at hand: kubectl config: there is no /nowhere/kubectl");
  });
});
