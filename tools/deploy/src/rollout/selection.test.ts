import { describe, expect, it } from "vitest";
import { nameOf } from "../manifests/kinds.ts";
import { planted } from "../testing/planted.ts";
import { selectService } from "./selection.ts";

describe("selectService", () => {
  it("takes a service out of an overlay, with its namespace and its Secret, and nothing of its neighbours", async () => {
    const { objects, ...rest } = selectService(await planted("k8s/overlays/dev"), "order-service");
    expect(objects.map(nameOf).map((name) => name.replace(/-[a-z0-9]{10}$/, ""))).toEqual([
      "Namespace/banyan-dev",
      "ServiceAccount/order-service",
      "ConfigMap/order-service",
      "Secret/order-service-database",
      "Service/order",
      "Deployment/order-service",
      "PodDisruptionBudget/order-service",
      "HorizontalPodAutoscaler/order-service",
      "NetworkPolicy/order-service",
      "NetworkPolicy/order-service-calls",
    ]);
    expect(rest).toEqual({ namespace: "banyan-dev", name: "order", port: 50052, progressSeconds: 300 });
  });

  it("puts another image into both containers", async () => {
    const image = "registry.example/banyan/user-service:0.2.0";
    const { objects } = selectService(await planted("k8s/user-service"), "user-service", image);
    expect(JSON.stringify(objects).match(/"image":"[^"]*"/g)).toEqual([`"image":"${image}"`, `"image":"${image}"`]);
  });

  it("refuses a service that the folder does not have", async () => {
    const rendered = await planted("k8s/user-service");
    expect(() => selectService(rendered, "order-service")).toThrow("k8s/user-service has no service order-service");
  });
});
