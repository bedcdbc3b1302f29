import { z } from "zod";
import type { Finding } from "../finding.ts";
import { account, judge } from "./account.ts";
import { writeDescriptors } from "./descriptors.ts";
import { openFiles } from "./files.ts";
import type { Peer } from "./peer.ts";
import { runProgram } from "./program.ts";
import { openPython, type Python } from "./python.ts";

const runMs = 60_000;

/** What the program prints, see python/call_users.py. */
const report = account.extend({ streamed: z.array(z.number()), together: z.number() });
const serving = 1; // grpc.health.v1.HealthCheckResponse.SERVING
const together = 16;

/** Python's grpcio, the C core of gRPC. It compresses the first request with gzip, and sends metadata of bytes. */
export const grpcio: Peer = {
  name: "grpcio",
  async open() {
    const python = await openPython();
    if ("absent" in python) return python;
    return {
      version: python.versions.join(", "),
      async prove({ cleartext, tls, authorityFile }) {
        await using files = await openFiles();
        const contracts = await writeDescriptors(files);
        return [
          ...(await callUsers("h2c", python, [cleartext, contracts])),
          ...(await callUsers("TLS", python, [tls, contracts, authorityFile])),
        ];
      },
    };
  },
};

async function callUsers(way: string, python: Python, inputs: readonly string[]): Promise<Finding[]> {
  const { file, args, env } = python.command("call_users.py", inputs);
  const { code, stdout, stderr } = await runProgram(file, args, { env, timeoutMs: runMs });
  if (code !== 0) throw new Error(`call_users.py ended with ${code}: ${stderr}`);
  const { streamed, together: answered, ...seen } = report.parse(JSON.parse(stdout));
  return [
    ...judge(way, seen),
    { promise: `${way}: a stream begins`, seen: streamed.join(" "), kept: streamed.join(" ") === String(serving) },
    {
      promise: `${way}: ${together} calls at once are answered`,
      seen: String(answered),
      kept: answered === together,
    },
  ];
}
