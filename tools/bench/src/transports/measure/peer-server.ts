import type { ReadyPeer } from "../prepare-peers.ts";
import {
  memoryCommand,
  memoryMessage,
  servingMessage,
  type ServerTask,
  type ServingMessage,
} from "../programs/messages.ts";
import type { Laboratory } from "./laboratory.ts";
import { startProgram, type Program } from "./program.ts";

const readyMs = 60_000;
const memoryMs = 30_000;

export interface PeerServer extends AsyncDisposable {
  readonly program: Program;
  readonly serving: ServingMessage;
  /** Its resident set in bytes, after its garbage was collected. */
  residentBytes(): Promise<number>;
}

/** Starts the server of a peer on its processor, and waits until it serves. */
export async function startPeerServer(
  { serverCommand: command, chain }: ReadyPeer,
  { cores, tls: { certFile, keyFile }, collector }: Pick<Laboratory, "cores" | "tls" | "collector">,
  options: { readonly tls: boolean },
): Promise<PeerServer> {
  const task: ServerTask = {
    ...(options.tls && { tls: { certFile, keyFile } }),
    ...(chain !== undefined && { chain, collector }),
  };
  await using opened = new AsyncDisposableStack();
  const program = opened.use(startProgram({ command, task, core: cores?.server }));
  const serving = await program.next(servingMessage, readyMs);
  const open = opened.move();
  return {
    program,
    serving,
    residentBytes: async () => (await program.ask(memoryCommand, memoryMessage, memoryMs)).rssBytes,
    [Symbol.asyncDispose]: () => open.disposeAsync(),
  };
}
