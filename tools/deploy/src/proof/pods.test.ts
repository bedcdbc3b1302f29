import { describe, expect, it } from "vitest";
import { planted } from "../testing/planted.ts";
import { readCode } from "../code/code.ts";
import { checkPods } from "./pods.ts";

const code = await readCode();

describe("checkPods", () => {
  it.each([
    [
      "k8s/user-service",
      "      automountServiceAccountToken: false",
      "",
      "automountServiceAccountToken: expected false, got none",
    ],
    [
      "k8s/user-service",
      "automountServiceAccountToken: false",
      "automountServiceAccountToken: true",
      "of its account: expected false",
    ],
    [
      "k8s/user-service",
      "serviceAccountName: user-service",
      "serviceAccountName: default",
      "serviceAccountName default",
    ],
    ["k8s/user-service", "runAsNonRoot: true", "runAsNonRoot: false", "runAsNonRoot: expected true, got false"],
    ["k8s/user-service", "type: RuntimeDefault", "type: Unconfined", "seccompProfile"],
    [
      "k8s/user-service",
      "allowPrivilegeEscalation: false",
      "allowPrivilegeEscalation: true",
      "allowPrivilegeEscalation of service",
    ],
    ["k8s/postgres", "readOnlyRootFilesystem: true", "", "readOnlyRootFilesystem of postgres"],
    ["k8s/etcd", "- ALL", "- CHOWN", "capabilities of etcd"],
    ["k8s/etcd", "memory: 1Gi", "cpu: 1", "limits of etcd"],
    ["k8s/etcd", "enableServiceLinks: false", "enableServiceLinks: true", "enableServiceLinks: expected false"],
    ["k8s/user-service", "topologyKey: topology.kubernetes.io/zone", "topologyKey: zone", "topology spread over zones"],
    [
      "k8s/user-service",
      "matchLabels:\n      app.kubernetes.io/name: user-service\n  strategy",
      "matchLabels:\n      app.kubernetes.io/version: 0.1.0\n  strategy",
      "selector: expected",
    ],
  ])("%s: refuses %j becoming %j", async (folder, sound, fault, message) => {
    const violations = checkPods(await planted(folder, sound, fault), code);
    expect(violations).toContainEqual({
      where: expect.stringContaining(folder),
      message: expect.stringContaining(message),
    });
  });
});
