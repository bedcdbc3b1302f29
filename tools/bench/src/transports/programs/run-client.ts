import type { Calls } from "./calls.ts";
import { answer, commands } from "./control.ts";
import { drive } from "./drive.ts";
import { loadTask } from "./messages.ts";
import { openTurns } from "./turns.ts";

/** Calls as it is told to, again and again, until it is to end. */
export async function runClient(calls: Calls): Promise<void> {
  answer({});
  for await (const command of commands()) {
    const task = loadTask.parse(JSON.parse(command));
    answer(await drive(() => openTurns(calls, task), task));
  }
}
