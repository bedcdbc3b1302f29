import { commandLine } from "../process/process-table.ts";

/** Whether no process has this id; one that has ended and waits for its parent counts as none. */
export async function hasEnded(pid: number): Promise<boolean> {
  return (await commandLine(pid)) === "";
}
