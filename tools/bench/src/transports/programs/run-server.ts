import { answer, commands } from "./control.ts";
import { memoryCommand, type ServingMessage } from "./messages.ts";

/** Says where a server serves, and answers what it is asked until it is to end. */
export async function runServer(serving: ServingMessage): Promise<void> {
  answer(serving);
  for await (const command of commands()) {
    if (command !== memoryCommand) throw new Error(`a server is not told to ${command}`);
    globalThis.gc?.();
    answer({ rssBytes: process.memoryUsage.rss() });
  }
}
