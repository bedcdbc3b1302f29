import { describe, expect, it } from "vitest";
import { readCode } from "../code/code.ts";
import { planted } from "../testing/planted.ts";
import { checkSecrets } from "./secrets.ts";

const code = await readCode();
const base64 = (text: string): string => Buffer.from(text).toString("base64");
const secret = (password: string): string =>
  `apiVersion: v1\nkind: Secret\nmetadata:\n  name: x\ndata:\n  password: ${base64(password)}\n---\n`;

describe("checkSecrets", () => {
  it.each([
    [
      "a Secret of production",
      "k8s/overlays/prod",
      "apiVersion: v1\n",
      `${secret("p")}apiVersion: v1\n`,
      "is written down",
    ],
    [
      "the trial password in production",
      "k8s/overlays/prod",
      "LOG_FORMAT: json",
      "OTEL_SERVICE_NAME: banyan-trial",
      "has the trial password",
    ],
    [
      "a real password in the trial",
      "k8s/overlays/dev",
      "apiVersion: v1\n",
      `${secret("p")}apiVersion: v1\n`,
      "another password than the trial's",
    ],
    [
      "a password among the variables",
      "k8s/user-service",
      "LOG_FORMAT: json",
      "ETCD_PASSWORD: p",
      "ETCD_PASSWORD: its value is written down",
    ],
    [
      "a database URL in the manifest",
      "k8s/user-service",
      "valueFrom:\n            secretKeyRef:\n              key: url\n              name: user-service-database",
      "value: postgres://",
      "DATABASE_URL: its value is written down",
    ],
    [
      "another service's database",
      "k8s/user-service",
      "name: user-service-database",
      "name: order-service-database",
      "expected the key url of Secret user-service-database",
    ],
  ])("refuses %s", async (_, folder, sound, fault, message) => {
    const violations = checkSecrets(await planted(folder, sound, fault), code);
    expect(violations).toContainEqual({
      where: expect.stringContaining(folder),
      message: expect.stringContaining(message),
    });
  });
});
