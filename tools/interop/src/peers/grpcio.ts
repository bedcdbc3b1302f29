import { join } from "node:path";
import { debianPackages, PackagesUnavailableError } from "@banyan/dev";
import { z } from "zod";
import type { Finding } from "../finding.ts";
import { account, judge } from "./account.ts";
import { writeDescriptors } from "./descriptors.ts";
import { openFiles } from "./files.ts";
import type { Peer } from "./peer.ts";
import { runProgram } from "./program.ts";

/** grpcio and protobuf, their Python, and the C libraries that all of it is linked with, of one release. */
const packages = [
  "python3-grpcio",
  "python3-protobuf",
  "python3.13-minimal",
  "libpython3.13-minimal",
  "libpython3.13-stdlib",
  "libabsl20240722",
  "libc6",
  "libcares2",
  "libexpat1",
  "libffi8",
  "libgcc-s1",
  "libprotobuf32t64",
  "libre2-11",
  "libssl3t64",
  "libstdc++6",
  "zlib1g",
];

const program = join(import.meta.dirname, "../../python/call_users.py");
const runMs = 60_000;

/** What the program prints, see python/call_users.py. */
const report = account.extend({ streamed: z.array(z.number()), together: z.number() });
const serving = 1; // grpc.health.v1.HealthCheckResponse.SERVING
const together = 16;

/** Python's grpcio, the C core of gRPC. It compresses the first request with gzip, and sends metadata of bytes. */
export const grpcio: Peer = {
  name: "grpcio",
  async open() {
    if (process.arch !== "x64")
      return { absent: "grpcio is run on x64 alone: the paths of its loader and libraries are" };
    const fetched = await debianPackages("grpcio", packages).catch((error: unknown) => {
      if (error instanceof PackagesUnavailableError) return undefined;
      throw error;
    });
    if (fetched === undefined)
      return { absent: "grpcio cannot be fetched here: it takes Debian's apt, keys and archive" };
    const { root, archives } = fetched;
    return {
      version: ["python3-grpcio", "python3.13-minimal"].map((name) => versionIn(archives, name)).join(", "),
      async prove({ cleartext, tls, authorityFile }) {
        await using files = await openFiles();
        const contracts = await writeDescriptors(files);
        return [
          ...(await callUsers("h2c", root, [cleartext, contracts])),
          ...(await callUsers("TLS", root, [tls, contracts, authorityFile])),
        ];
      },
    };
  },
};

async function callUsers(way: string, root: string, args: readonly string[]): Promise<Finding[]> {
  const { code, stdout, stderr } = await runPython(root, [program, ...args]);
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

/** Runs the unpacked Python on the unpacked C library, by its loader: the machine's own may be older than they need. */
function runPython(root: string, args: readonly string[]) {
  const libraries = join(root, "usr/lib/x86_64-linux-gnu");
  const loader = [join(root, "usr/lib64/ld-linux-x86-64.so.2"), "--library-path", libraries] as const;
  const [file, ...flags] = [...loader, join(root, "usr/bin/python3.13"), ...args];
  const env = {
    PYTHONHOME: join(root, "usr"),
    PYTHONPATH: join(root, "usr/lib/python3/dist-packages"),
    PYTHONDONTWRITEBYTECODE: "1",
  };
  return runProgram(file ?? "", flags, { env, timeoutMs: runMs });
}

/** `python3-grpcio_1.51.1-6_amd64.deb` -> `python3-grpcio 1.51.1-6`. */
function versionIn(archives: readonly string[], name: string): string {
  const archive = archives.find((file) => file.startsWith(`${name}_`)) ?? "";
  return decodeURIComponent(archive).split("_").slice(0, 2).join(" ");
}
