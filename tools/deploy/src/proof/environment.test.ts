import { describe, expect, it } from "vitest";
import { readCode } from "../code/code.ts";
import { planted } from "../testing/planted.ts";
import { checkEnvironment } from "./environment.ts";

const code = await readCode();

describe("checkEnvironment", () => {
  it.each([
    [
      "a variable that is not read",
      "LOG_FORMAT: json",
      "LOG_FROMAT: json",
      "LOG_FROMAT is set, and src/config.ts does not read it",
    ],
    [
      "one without a default that is not set",
      "name: DATABASE_URL",
      "name: OTEL_SERVICE_NAME",
      "DATABASE_URL is not set",
    ],
    [
      "a value that is refused",
      "LOG_FORMAT: json",
      "LOG_FORMAT: xml",
      "LOG_FORMAT: expected one of auto, json, pretty",
    ],
    [
      "endpoints that are none",
      "ETCD_ENDPOINTS: http://etcd:2379",
      "ETCD_ENDPOINTS: etcd",
      "ETCD_ENDPOINTS: expected a comma-separated list",
    ],
    [
      "a ConfigMap that is not there",
      "configMapRef:\n            name: inventory",
      "configMapRef:\n            name: other",
      "there is no ConfigMap other-service",
    ],
    ["an address that is not the pod's", "fieldPath: status.podIP", "fieldPath: status.hostIP", "POD_IP: expected"],
    [
      "a state folder on the root file system",
      "mountPath: /state",
      "mountPath: /other",
      "REGISTRY_STATE_FOLDER: nothing is mounted at /state",
    ],
    [
      "a state folder that cannot be written to",
      "mountPath: /state",
      "mountPath: /state\n          readOnly: true",
      "is no emptyDir that can be written to",
    ],
  ])("refuses %s", async (_, sound, fault, message) => {
    const folder = "k8s/inventory-service";
    const violations = checkEnvironment(await planted(folder, sound, fault), code);
    expect(violations).toContainEqual({
      where: expect.stringContaining(folder),
      message: expect.stringContaining(message),
    });
  });

  it("refuses a certificate that is not mounted", async () => {
    const violations = checkEnvironment(
      await planted("k8s/overlays/prod", "mountPath: /etcd-client", "mountPath: /x"),
      code,
    );
    expect(violations.map(({ message }) => message)).toEqual([
      "ETCD_CA_FILE: nothing is mounted at /etcd-client/ca.crt",
      "ETCD_CERT_FILE: nothing is mounted at /etcd-client/tls.crt",
      "ETCD_KEY_FILE: nothing is mounted at /etcd-client/tls.key",
    ]);
  });
});
