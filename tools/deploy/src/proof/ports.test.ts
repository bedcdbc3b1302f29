import { describe, expect, it } from "vitest";
import { readCode } from "../code/code.ts";
import { planted } from "../testing/planted.ts";
import { checkPorts } from "./ports.ts";

const code = await readCode();
const folder = "k8s/user-service";

describe("checkPorts", () => {
  it.each([
    [
      "a container's port",
      "containerPort: 50051",
      "containerPort: 50050",
      "containerPort of grpc: expected 50051, got 50050",
    ],
    [
      "the port of probes and metrics",
      "containerPort: 51051",
      "containerPort: 9090",
      "containerPort of admin: expected 51051, got 9090",
    ],
    [
      "PORT in the environment",
      "  LOG_FORMAT: json",
      '  LOG_FORMAT: json\n  PORT: "8080"',
      "containerPort of grpc: expected 8080, got 50051",
    ],
    [
      "a Service's port",
      "port: 50051\n    targetPort",
      "port: 80\n    targetPort",
      "port grpc: expected 50051, got 80",
    ],
    ["where a port leads", "targetPort: grpc", "targetPort: admin", 'targetPort of grpc: expected "grpc", got "admin"'],
    ["HTTP/2 in the clear", "appProtocol: kubernetes.io/h2c", "appProtocol: http", "appProtocol of grpc"],
    ["a virtual IP", "clusterIP: None", "clusterIP: 10.0.0.1", "clusterIP"],
    [
      "a selector of other pods",
      "selector:\n    app.kubernetes.io/name: user-service",
      "selector:\n    app.kubernetes.io/name: user",
      "selector",
    ],
    ["a name that etcd does not know", "name: user\nspec:", "name: users\nspec:", "announces itself under this name"],
  ])("refuses %s that is another one than the code's", async (_, sound, fault, message) => {
    const violations = checkPorts(await planted(folder, sound, fault), code);
    expect(violations).toContainEqual({
      where: expect.stringContaining(folder),
      message: expect.stringContaining(message),
    });
  });
});
