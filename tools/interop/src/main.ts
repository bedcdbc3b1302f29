import { SetupError, openGoToolchain } from "@banyan/dev";
import { buildPrograms } from "./go/build-programs.ts";
import { proveDialValue } from "./proofs/dial-value.ts";
import { proveOfficialResolver } from "./proofs/official-resolver.ts";
import { openScene } from "./scene.ts";

const print = (line: string): void => void process.stdout.write(`${line}\n`);

try {
  const toolchain = await openGoToolchain({ onProgress: print });
  print("building the Go programs");
  const programs = await buildPrograms(toolchain);
  await using scene = await openScene();
  print(`etcd ${scene.etcdVersion}; Node ${process.versions.node}; ${toolchain.versions.join("; ")}`);

  for (const findings of [
    await proveDialValue(scene, programs.address),
    await proveOfficialResolver(scene, programs.resolver),
  ]) {
    for (const { promise, seen, kept } of findings) {
      print(`${kept ? "kept  " : "BROKEN"} ${promise}: ${seen}`);
      if (!kept) process.exitCode = 1;
    }
  }
} catch (error) {
  if (!(error instanceof SetupError)) throw error;
  process.stderr.write(`${error.message}\n`);
  process.exitCode = 1;
}
