import { join } from "node:path";
import { debianPackages, PackagesUnavailableError } from "@banyan/dev";
import type { Absence } from "./peer.ts";

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

const sources = join(import.meta.dirname, "../../python");

/** Debian's Python with grpcio, unpacked. */
export interface Python {
  /** As in `python3-grpcio 1.51.1-6`. */
  readonly versions: readonly string[];
  /** How a program of the folder `python` is run: file, arguments and variables. */
  command(program: string, args: readonly string[]): PythonCommand;
}

export interface PythonCommand {
  readonly file: string;
  readonly args: readonly string[];
  readonly env: Readonly<Record<string, string>>;
}

/** Fetches it, unless an earlier run has. */
export async function openPython(): Promise<Python | Absence> {
  if (process.arch !== "x64")
    return { absent: "grpcio is run on x64 alone: the paths of its loader and libraries are" };
  const fetched = await debianPackages("grpcio", packages).catch((error: unknown) => {
    if (error instanceof PackagesUnavailableError) return undefined;
    throw error;
  });
  if (fetched === undefined)
    return { absent: "grpcio cannot be fetched here: it takes Debian's apt, keys and archive" };
  const { root, archives } = fetched;
  // By the unpacked loader and on the unpacked C library: the machine's own may be older than they need.
  const libraries = join(root, "usr/lib/x86_64-linux-gnu");
  const interpreter = ["--library-path", libraries, join(root, "usr/bin/python3.13")];
  const env = {
    PYTHONHOME: join(root, "usr"),
    PYTHONPATH: join(root, "usr/lib/python3/dist-packages"),
    PYTHONDONTWRITEBYTECODE: "1",
  };
  return {
    versions: ["python3-grpcio", "python3.13-minimal"].map((name) => versionIn(archives, name)),
    command: (program, args) => ({
      file: join(root, "usr/lib64/ld-linux-x86-64.so.2"),
      args: [...interpreter, join(sources, program), ...args],
      env,
    }),
  };
}

/** `python3-grpcio_1.51.1-6_amd64.deb` -> `python3-grpcio 1.51.1-6`. */
function versionIn(archives: readonly string[], name: string): string {
  const archive = archives.find((file) => file.startsWith(`${name}_`)) ?? "";
  return decodeURIComponent(archive).split("_").slice(0, 2).join(" ");
}
