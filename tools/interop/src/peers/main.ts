import { SetupError } from "@banyan/dev";
import { otherPeers, quickPeers } from "./peers.ts";
import { startServices } from "./services.ts";

const print = (line: string): void => void process.stdout.write(`${line}\n`);

try {
  await using services = await startServices();
  for (const peer of [...quickPeers, ...otherPeers]) {
    const opened = await peer.open();
    if ("absent" in opened) {
      print(`ABSENT ${peer.name}: ${opened.absent}`);
      continue;
    }
    print(`${peer.name}: ${opened.version}`);
    for (const { promise, seen, kept } of await opened.prove(services)) {
      print(`${kept ? "kept  " : "BROKEN"} ${promise}: ${seen}`);
      if (!kept) process.exitCode = 1;
    }
  }
} catch (error) {
  if (!(error instanceof SetupError)) throw error;
  process.stderr.write(`${error.message}\n`);
  process.exitCode = 1;
}
