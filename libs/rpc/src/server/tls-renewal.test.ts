import { X509Certificate } from "node:crypto";
import { once } from "node:events";
import { mkdtemp, rm, writeFile } from "node:fs/promises";
import { createServer } from "node:https";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { connect } from "node:tls";
import { expect, it, vi } from "vitest";
import { capturedLog } from "../testing/captured-log.ts";
import { selfSigned } from "../testing/self-signed.ts";
import { listen } from "./listen.ts";
import { renewTls } from "./tls-renewal.ts";

it("a server has the certificate that its files hold, and keeps the last good one", async () => {
  await using opened = new AsyncDisposableStack();
  const folder = await mkdtemp(join(tmpdir(), "banyan-renewal-"));
  opened.defer(() => rm(folder, { recursive: true }));
  const config = { TLS_CERT_FILE: join(folder, "tls.crt"), TLS_KEY_FILE: join(folder, "tls.key") };
  const [first, second] = [selfSigned(), selfSigned()];
  const write = async (cert: string, key: string): Promise<void> => {
    await writeFile(config.TLS_CERT_FILE, cert);
    await writeFile(config.TLS_KEY_FILE, key);
  };
  await write(first.cert, first.key);
  const server = opened.use(createServer(first));
  const { port } = await listen(server, { host: "127.0.0.1", port: 0, variable: "PORT" });
  const { log, records } = capturedLog();
  opened.use(renewTls(server, { config, identity: first, log, everyMs: 10 }));
  const shown = async (): Promise<string | undefined> => {
    const socket = connect({ port, host: "127.0.0.1", rejectUnauthorized: false });
    await once(socket, "secureConnect");
    const { fingerprint256 } = socket.getPeerX509Certificate() ?? {};
    socket.destroy();
    return fingerprint256;
  };
  const fingerprintOf = ({ cert }: { readonly cert: string }) => new X509Certificate(cert).fingerprint256;
  expect(await shown()).toBe(fingerprintOf(first));

  await write(second.cert, second.key);
  await vi.waitFor(async () => expect(await shown()).toBe(fingerprintOf(second)), 5000);

  await write("no certificate", second.key);
  const warning = { level: "warn", msg: "the certificate cannot be renewed" };
  await vi.waitFor(() => expect(records()).toContainEqual(expect.objectContaining(warning)), 5000);
  expect(await shown()).toBe(fingerprintOf(second));
});
