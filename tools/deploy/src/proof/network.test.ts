import { describe, expect, it } from "vitest";
import { readCode } from "../code/code.ts";
import { planted, renderedText } from "../testing/planted.ts";
import { checkNetwork } from "./network.ts";

const code = await readCode();
const dev = "k8s/overlays/dev";
/** From here on: the callers of user-service. */
const callersOfUser = "name: user-service-callers";

describe("checkNetwork", () => {
  it.each([
    [
      "a call that the caller's side forbids",
      "port: 50053",
      "port: 50054",
      "order-service",
      "calls inventory-service: the code does",
    ],
    [
      "a scrape that is forbidden",
      "port: admin",
      "port: grpc",
      "inventory-service",
      "is scraped by Prometheus: the code does",
    ],
    ["an etcd out of reach", "port: 2379\n    to:", "port: 2378\n    to:", "inventory-service", "reaches etcd on 2379"],
    [
      "a database out of reach",
      "port: 5432\n    to:",
      "port: 5433\n    to:",
      "inventory-service",
      "reaches postgres on 5432",
    ],
    ["a collector out of reach", "port: 4318", "port: 4317", "inventory-service", "sends traces: the code does"],
    [
      "names that cannot be looked up",
      "k8s-app: kube-dns",
      "k8s-app: dns",
      "order-service",
      "looks up names: the code does",
    ],
  ])("refuses %s", async (_, sound, fault, service, message) => {
    // etcd's own policy comes first in the text, and is not what is meant here.
    const text = await renderedText(dev);
    const policies = text.slice(text.indexOf("name: inventory-service\n", text.indexOf("kind: NetworkPolicy")) - 400);
    expect(policies).toContain(sound);
    const rendered = await planted(dev, policies, policies.replaceAll(sound, fault));
    expect(checkNetwork(rendered, code)).toContainEqual({
      where: `${dev} Deployment/${service}`,
      message: expect.stringContaining(message),
    });
  });

  it("refuses a call that the callee's side forbids", async () => {
    const text = await renderedText(dev);
    const from = text.indexOf("app.kubernetes.io/name: order-service", text.indexOf(callersOfUser));
    const fault = `${text.slice(0, from)}app.kubernetes.io/name: other${text.slice(from + "app.kubernetes.io/name: order-service".length)}`;
    const violations = checkNetwork(await planted(dev, text, fault), code);
    expect(violations.map(({ message }) => message)).toContain(
      "calls user-service: the code does, and the policies do not let it",
    );
  });

  it("refuses what the code no longer calls", async () => {
    const services = code.services.map((service) =>
      service.project === "order-service" ? { ...service, calls: [] } : service,
    );
    expect(checkNetwork(await planted("k8s/services"), { ...code, services }).map(({ message }) => message)).toEqual([
      "calls inventory-service: the code does not, and the policies let it",
      "calls user-service: the code does not, and the policies let it",
    ]);
  });

  it("refuses services without any policy, to whom all are open", async () => {
    const rendered = await planted("k8s/services");
    const open = { ...rendered, objects: rendered.objects.filter(({ kind }) => kind !== "NetworkPolicy") };
    const messages = checkNetwork(open, code).map(({ message }) => message);
    expect(messages).toContain("is called from other namespaces: the code does not, and the policies let it");
    expect(messages).toContain("calls order-service: the code does not, and the policies let it");
  });
});
