import { once } from "node:events";
import { createServer } from "node:http";
import { mkdtempDisposable, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { setTimeout as sleep } from "node:timers/promises";
import { beforeEach, describe, expect, it } from "vitest";
import { isDebianLike } from "../debian/unpack.ts";
import { decodeJson, valueAt } from "../json.ts";
import { freePort, isPortFree } from "../process/port.ts";
import { hasEnded } from "../testing/ending.ts";
import { startPrometheus } from "./start.ts";

const debianLike = await isDebianLike();
const fetching = { timeout: 300_000 }; // the first run fetches Prometheus

describe("startPrometheus", () => {
  beforeEach((context) => context.skip(!debianLike, "Prometheus is fetched where Debian's apt and keys are"));

  it("scrapes what it is given, serves its pages, and leaves nothing behind", fetching, async () => {
    const target = createServer((_, response) => response.end("shop_stock 7\n")).listen(0, "127.0.0.1");
    await once(target, "listening");
    const address = target.address();
    const port = typeof address === "object" ? address?.port : undefined;
    const prometheus = await startPrometheus({
      jobs: [{ name: "shop", targets: [`127.0.0.1:${port}`] }],
      intervalSeconds: 1,
    });
    expect(prometheus.version).toMatch(/^\d+\.\d+\.\d+/);

    const ask = async (): Promise<unknown> => {
      const response = await fetch(`${prometheus.url}/api/v1/query?query=shop_stock`);
      return valueAt(decodeJson(await response.text()), "data", "result");
    };
    const until = Date.now() + 10_000;
    while (JSON.stringify(await ask()) === "[]" && Date.now() < until) await sleep(50);
    const metric = { __name__: "shop_stock", job: "shop", instance: `127.0.0.1:${port}` };
    expect(await ask()).toEqual([{ metric, value: [expect.any(Number), "7"] }]);

    for (const url of [prometheus.graphUrl("shop_stock"), prometheus.alertsUrl]) {
      const page = await fetch(url);
      expect([url, page.ok]).toEqual([url, true]);
      for (const [, script = ""] of (await page.text()).matchAll(/<script src="([^"]+)"/g)) {
        const loaded = await fetch(new URL(script, url));
        expect([script, loaded.ok]).toEqual([script, true]);
      }
    }

    await prometheus[Symbol.asyncDispose]();
    expect(await hasEnded(prometheus.pid)).toBe(true);
    expect(await isPortFree(Number(new URL(prometheus.url).port))).toBe(true);
    target.close();
    target.closeAllConnections();
  });

  it("says which port is taken, and which rule is wrong", fetching, async () => {
    const port = await freePort();
    const holder = createServer().listen(port, "127.0.0.1");
    await once(holder, "listening");
    await expect(startPrometheus({ jobs: [], port })).rejects.toThrow(`port ${port} is taken by another program`);
    holder.close();

    await using folder = await mkdtempDisposable(join(tmpdir(), "banyan rules-"));
    const rules = join(folder.path, "rules.yaml");
    await writeFile(rules, 'groups: [{ name: g, rules: [{ alert: A, expr: "sum(" }] }]\n');
    await expect(startPrometheus({ jobs: [], ruleFiles: [rules] })).rejects.toThrow("parse error");
  });
});
