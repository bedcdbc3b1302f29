import { isPortFree } from "../process/port.ts";
import { findPortHolder } from "../process/port-holder.ts";
import { SetupError } from "../setup-error.ts";

/** @throws {SetupError} naming the first port that is taken, and by which process where that can be told */
export async function requireFreePorts(ports: readonly number[]): Promise<void> {
  for (const port of ports) {
    if (await isPortFree(port)) continue;
    const pid = await findPortHolder(port);
    const holder = pid === undefined ? "another program" : `another program (process ${pid})`;
    throw new SetupError(`port ${port} is taken by ${holder}: stop it, then npm start again`);
  }
}
