import { join } from "node:path";
import { afterAll, beforeAll, beforeEach, describe, expect, it } from "vitest";
import { createServer } from "node:net";
import { once } from "node:events";
import { isDebianLike } from "../debian/unpack.ts";
import { freePort, isPortFree } from "../process/port.ts";
import { type ScratchCheckout, makeScratchCheckout } from "../testing/scratch-checkout.ts";
import { createPlatform } from "./platform.ts";
import type { ServiceEntry } from "./services.ts";
import { createSteps } from "./steps.ts";

const debianLike = await isDebianLike();
const watched = { timeout: 300_000 }; // the first run fetches Prometheus
let scratch: ScratchCheckout;
let services: ServiceEntry[];
beforeAll(async () => void (scratch = await makeScratchCheckout()));
afterAll(() => scratch[Symbol.asyncDispose]());
beforeEach(async () => {
  services = [];
  for (const name of ["user", "order", "inventory"]) {
    services.push({ name, app: `${name}-service`, port: await freePort() });
    const standIn = JSON.stringify(scratch.source(join("testing", "stand-in-service.ts")));
    await scratch.addApp(`${name}-service`, `import { runStandIn } from ${standIn};\nawait runStandIn("${name}");\n`);
  }
});

function openPlatform(env: Record<string, string> = {}, observe?: { readonly port: number }) {
  let shown = "";
  const steps = createSteps({ write: (text) => (shown += text) });
  const peers = Object.fromEntries(services.map(({ name, port }) => [name, `127.0.0.1:${port}`]));
  const platform = createPlatform({
    checkout: scratch.folder,
    paths: scratch.paths,
    services,
    steps,
    observe,
    patienceSeconds: 2,
    env: { PATH: process.env["PATH"], PEERS: JSON.stringify(peers), ...env },
  });
  return { platform, shown: () => shown, steps };
}

describe("the platform", () => {
  it("comes up, lists its instances, places an order and shows its hops, and leaves no port behind", async () => {
    const { platform, shown, steps } = openPlatform();
    using _steps = steps;
    await Promise.race([platform.comeUp(), platform.failure]);
    const lines = shown().split("\n");
    for (const { name, port } of services) {
      expect(lines).toContainEqual(
        expect.stringMatching(new RegExp(`^/services/${name}/start-\\w+ +127.0.0.1:${port} +\\d+ s$`)),
      );
    }
    expect(lines).toContainEqual(
      expect.stringMatching(/^✔ order order-1 CONFIRMED, 2 × demo-\w+ = 39\.80 EUR {2}\d+\.\d s$/),
    );
    const tree = lines.slice(lines.findIndex((line) => line.startsWith("    order.v1")));
    expect(tree.slice(0, 4).map((line) => line.replace(/ +[\d.]+ ms$/, ""))).toEqual([
      "    order.v1.OrderService/PlaceOrder",
      "    ├ user.v1.UserService/GetUser",
      "    ├ inventory.v1.InventoryService/Reserve",
      "    └ inventory.v1.InventoryService/Commit",
    ]);
    expect(lines).toContain("order-service warn: serving on //order_service");

    await platform.stop();
    for (const { port } of services) expect(await isPortFree(port)).toBe(true);
    await scratch.settled();
  });

  it("is scraped by a Prometheus where asked to, on another port where its own is taken", watched, async (context) => {
    context.skip(!debianLike, "Prometheus is fetched where Debian's apt and keys are");
    const port = await freePort();
    const holder = createServer().listen(port, "127.0.0.1");
    await once(holder, "listening");
    const { platform, shown, steps } = openPlatform({}, { port });
    using _steps = steps;
    await platform.comeUp();
    const url = /data source for (http:\S+)/.exec(shown())?.[1] ?? "";
    expect(Number(new URL(url).port)).not.toBe(port);
    const configuration = await (await fetch(`${url}/api/v1/status/config`)).text();
    for (const service of services) expect(configuration).toContain(`- localhost:${service.port + 1000}`);
    await platform.stop();
    expect(await isPortFree(Number(new URL(url).port))).toBe(true);
    holder.close();
  });

  it.each([
    ["order is rejected", /^order order-1 was to end CONFIRMED and is REJECTED: OUT_OF_STOCK \(request [\w-]+\)$/],
    [
      "user cannot start",
      /^user-service has ended \(exit code 1\); its log is .*\n {2}user-service: DATABASE_URL: expected a URL$/,
    ],
  ])("says what went wrong: %s", async (mishap, message) => {
    const { platform, steps } = openPlatform({ MISHAP: mishap });
    using _steps = steps;
    await expect(Promise.race([platform.comeUp(), platform.failure])).rejects.toThrow(message);
    await platform.stop();
  });

  it("names a port that is taken, and its holder, before anything is started", async () => {
    const { platform, shown, steps } = openPlatform();
    using _steps = steps;
    const port = services[2]?.port ?? 0;
    const server = createServer().listen(port);
    await once(server, "listening");
    const supervisors = await scratch.supervisorStarts();
    await expect(platform.comeUp()).rejects.toThrow(
      `port ${port} is taken by another program (process ${process.pid}): stop it, then npm start again`,
    );
    await platform.stop();
    expect(shown()).toBe("");
    expect(await scratch.supervisorStarts()).toBe(supervisors);
    server.close();
  });

  it("kills a service that does not stop, and says so", async () => {
    const { platform, shown, steps } = openPlatform({ MISHAP: "order is deaf" });
    using _steps = steps;
    await platform.comeUp();
    await platform.stop();
    expect(shown()).toContain("order-service had not ended 2 s after SIGTERM and was killed\n");
    expect(await isPortFree(services[1]?.port ?? 0)).toBe(true);
  });
});
