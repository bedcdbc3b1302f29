import { mkdtemp, rm, writeFile } from "node:fs/promises";
import { join } from "node:path";
import { decodeJson, textAt } from "../json.ts";
import { socketBase } from "../locations.ts";
import { leashFolder } from "../process/leash.ts";
import { freePort, isPortFree } from "../process/port.ts";
import { type Server, superviseServer } from "../process/server.ts";
import { spawnServer, untilReady } from "../process/server-process.ts";
import { SetupError } from "../setup-error.ts";
import { type ScrapeJob, writeConfiguration } from "./configuration.ts";
import { locatePrometheus } from "./programs.ts";

export interface PrometheusOptions {
  readonly jobs: readonly ScrapeJob[];
  /** Files of alert rules, by their full paths; default none. */
  readonly ruleFiles?: readonly string[];
  /** How often it scrapes and evaluates the rules, in whole seconds, default 5. */
  readonly intervalSeconds?: number;
  /** The port on 127.0.0.1, by default a free one. */
  readonly port?: number;
  /** Gets a line when something takes a while. */
  readonly onProgress?: ((line: string) => void) | undefined;
  /** Gives up the fetching of Prometheus that a first start may need. */
  readonly signal?: AbortSignal | undefined;
}

export interface Prometheus extends Server {
  /** `http://127.0.0.1:<port>`; its API is below /api/v1. */
  readonly url: string;
  /** The page that draws what a query answers. */
  graphUrl(query: string): string;
  /** The page of the alerts. */
  readonly alertsUrl: string;
}

const readyMs = 20_000;

/**
 * Starts a Prometheus, and resolves when it answers. What it has scraped is throwaway.
 *
 * @throws {PackagesUnavailableError} when there is no Prometheus to be had
 * @throws {SetupError} when the port is taken, or Prometheus refuses a file of rules
 */
export async function startPrometheus(options: PrometheusOptions): Promise<Prometheus> {
  const programs = await locatePrometheus({ onProgress: options.onProgress, signal: options.signal });
  const folder = await mkdtemp(join(socketBase(), "banyan-prometheus-"));
  const leash = leashFolder(folder);
  const port = options.port ?? (await freePort());
  const url = `http://127.0.0.1:${port}`;
  const file = join(folder, "prometheus.json");
  const { jobs, ruleFiles = [], intervalSeconds = 5 } = options;
  const flags = {
    "config.file": file,
    "storage.tsdb.path": join(folder, "data"),
    "storage.tsdb.retention.size": "512MB",
    "web.listen-address": `127.0.0.1:${port}`,
    "log.level": "warn",
    ...(programs.webAssets !== undefined && { "web.local-assets": programs.webAssets }),
  };
  const args = Object.entries(flags).map(([flag, value]) => `--${flag}=${value}`);

  let home = url;
  const server = await superviseServer(
    async () => {
      await writeFile(file, writeConfiguration({ jobs, ruleFiles, intervalSeconds }));
      if (!(await isPortFree(port))) {
        throw new SetupError(`Prometheus cannot start: port ${port} is taken by another program`);
      }
      const started = await spawnServer({ name: "Prometheus", file: programs.prometheus, args });
      try {
        const ask = (signal: AbortSignal): Promise<string | undefined> => askVersion(url, signal);
        const version = await untilReady(`Prometheus on port ${port}`, started, ask, readyMs);
        home = await findHomePage(url);
        return { server: started, version };
      } catch (error) {
        await started.stop();
        throw error;
      }
    },
    async () => {
      await rm(folder, { recursive: true, force: true });
      leash[Symbol.dispose]();
    },
  );
  return Object.assign(server, {
    url,
    alertsUrl: new URL("alerts", home).href,
    graphUrl: (query: string) => `${home}?g0.expr=${encodeURIComponent(query)}&g0.tab=0&g0.range_input=15m`,
  });
}

async function askVersion(url: string, signal: AbortSignal): Promise<string | undefined> {
  if (!(await fetch(`${url}/-/ready`, { signal })).ok) return undefined;
  const response = await fetch(`${url}/api/v1/status/buildinfo`, { signal });
  return textAt(decodeJson(await response.text()), "data", "version");
}

/** Where `/` leads: `/graph`, `/query` since Prometheus 3, or `/classic/graph` in Debian, with the other pages beside it. */
async function findHomePage(url: string): Promise<string> {
  const response = await fetch(url, { signal: AbortSignal.timeout(readyMs) });
  await response.body?.cancel();
  return response.url;
}
