import { once } from "node:events";
import { mkdtemp, rm } from "node:fs/promises";
import { createServer } from "node:http";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { createCertificates } from "@banyan/dev";
import { listenOnLoopback } from "../programs/listen-on-loopback.ts";
import { chooseCores, type Cores } from "./cores.ts";
import { locateH2load, type H2load } from "./h2load.ts";

/** What all measurements need. Disposal removes the folder and ends the collector. */
export interface Laboratory extends AsyncDisposable {
  readonly cores: Cores | undefined;
  readonly h2load: H2load | undefined;
  /** For files that do not outlive the run. */
  readonly folder: string;
  readonly tls: { readonly caFile: string; readonly certFile: string; readonly keyFile: string };
  /** Takes traces, and throws them away. */
  readonly collector: string;
  readonly signal: AbortSignal | undefined;
}

export interface LaboratoryOptions {
  /** Whether h2load is looked for, and fetched where it is not on the PATH. */
  readonly needsH2load: boolean;
  readonly onProgress: (line: string) => void;
  readonly signal?: AbortSignal;
}

export async function openLaboratory({ needsH2load, onProgress, signal }: LaboratoryOptions): Promise<Laboratory> {
  await using opened = new AsyncDisposableStack();
  const folder = await mkdtemp(join(tmpdir(), "banyan-bench-"));
  opened.defer(() => rm(folder, { recursive: true, force: true }));
  const collector = createServer((request, response) => {
    request.resume().on("end", () => response.writeHead(200, { "content-type": "application/x-protobuf" }).end());
  });
  opened.defer(async () => {
    collector.close().closeAllConnections();
    if (collector.listening) await once(collector, "close");
  });
  const address = await listenOnLoopback(collector);
  const parts = {
    cores: await chooseCores(),
    h2load: needsH2load ? await locateH2load(onProgress, signal) : undefined,
    tls: await createCertificates(folder),
  };
  const open = opened.move();
  return {
    ...parts,
    folder,
    collector: `http://${address}`,
    signal,
    [Symbol.asyncDispose]: () => open.disposeAsync(),
  };
}
