import { mkdtemp, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { createCertificates } from "@banyan/dev";
import { openScene } from "../scene.ts";

/** User-service twice, on one engine; both processes, and what they stand on, end with its disposal. */
export interface Services extends AsyncDisposable {
  /** `host:port` of the one in cleartext. */
  readonly cleartext: string;
  /** `host:port` of the one that speaks TLS, with a certificate for `localhost`. */
  readonly tls: string;
  /** A file with the authority that signed the certificate, in PEM. */
  readonly authorityFile: string;
}

/** Starts both with `RPC_TRANSPORT=http2`, @banyan/http2. */
export async function startServices(): Promise<Services> {
  await using opening = new AsyncDisposableStack();
  const folder = await mkdtemp(join(tmpdir(), "banyan-interop-"));
  opening.defer(() => rm(folder, { recursive: true }));
  const { caFile, certFile, keyFile } = await createCertificates(folder);
  const scene = opening.use(await openScene());
  const engine = { RPC_TRANSPORT: "http2" };
  const cleartext = await scene.startInstance("cleartext", engine);
  const tls = await scene.startInstance("tls", { ...engine, TLS_CERT_FILE: certFile, TLS_KEY_FILE: keyFile });
  const opened = opening.move();
  return {
    cleartext: cleartext.address,
    tls: tls.address,
    authorityFile: caFile,
    [Symbol.asyncDispose]: () => opened.disposeAsync(),
  };
}
