import type { Socket } from "node:net";

/** Which way bytes flow: from whoever dialled the proxy, or from what stands behind it. */
export type Way = "there" | "back";

/** What a connection asks of its proxy. */
export interface Rules {
  /** Whether bytes may flow that way now. @param source who dialled, as far as it is known */
  readonly passes: (way: Way, source: string | undefined) => boolean;
  /** Dials what stands behind the proxy. */
  readonly dial: () => Socket;
  /** Finds out who dialled by what they have sent; without it, everybody is alike. */
  readonly identify?: ((sent: Buffer) => string | undefined) | undefined;
}

/** So many bytes of what was sent last are enough to find out who sends. */
const enoughBytes = 16 * 1024;

/**
 * One connection through a proxy. What may not flow is left in the sender's socket, whose buffers fill as they do when
 * packets are dropped: nothing arrives, not even the news that the other end has closed.
 */
export class Connection {
  readonly #client: Socket;
  readonly #rules: Rules;
  readonly #onEnd: () => void;
  #pipes: readonly Pipe[] = [];
  #upstream: Socket | undefined;
  #source: string | undefined;
  #unidentified: Buffer = Buffer.alloc(0);

  /** @param client accepted, and paused */
  constructor(client: Socket, rules: Rules, onEnd: () => void) {
    this.#client = client;
    this.#rules = rules;
    this.#onEnd = onEnd;
    client.on("error", () => undefined).once("close", () => this.#endWith(client));
    this.update();
  }

  /** To be called when the rules have changed. */
  update(): void {
    if (this.#upstream === undefined) this.#open();
    else for (const pipe of this.#pipes) pipe.flush();
  }

  /** Both ends get a reset. */
  reset(): void {
    resetSocket(this.#client);
    if (this.#upstream !== undefined) resetSocket(this.#upstream);
    this.#onEnd();
  }

  /** A new connection hangs until packets flow both ways, unless they must flow first to tell who it is. */
  #open(): void {
    const { identify, passes } = this.#rules;
    if (identify === undefined && !(passes("there", undefined) && passes("back", undefined))) return;
    const upstream = this.#rules.dial();
    this.#upstream = upstream;
    upstream.on("error", () => undefined).once("close", () => this.#endWith(upstream));
    this.#pipes = [
      new Pipe(this.#client, upstream, (chunk) => this.#passesThere(chunk)),
      new Pipe(upstream, this.#client, () => passes("back", this.#source)),
    ];
  }

  #passesThere(chunk: Buffer | undefined): boolean {
    const { identify, passes } = this.#rules;
    if (identify && chunk && this.#source === undefined) {
      this.#unidentified = Buffer.concat([this.#unidentified, chunk]).subarray(-enoughBytes);
      this.#source = identify(this.#unidentified);
    }
    return passes("there", this.#source);
  }

  #endWith(socket: Socket): void {
    const other = socket === this.#client ? this.#upstream : this.#client;
    if (other === undefined || other.destroyed) this.#onEnd();
  }
}

/** One way of a connection. */
class Pipe {
  readonly #from: Socket;
  readonly #to: Socket;
  /** Gets a chunk the first time that it is asked about it. */
  readonly #passes: (chunk?: Buffer) => boolean;
  readonly #held: Buffer[] = [];
  #end: "none" | "closed" | "broken" = "none";

  constructor(from: Socket, to: Socket, passes: (chunk?: Buffer) => boolean) {
    this.#from = from;
    this.#to = to;
    this.#passes = passes;
    from.on("data", (chunk: Buffer) => {
      const mayPass = passes(chunk);
      this.#held.push(chunk);
      if (mayPass) this.flush();
      else from.pause();
    });
    from.once("end", () => this.#endAs("closed"));
    from.once("close", () => this.#endAs(from.readableEnded ? "closed" : "broken"));
    to.on("drain", () => this.flush());
    if (passes()) from.resume();
    else from.pause();
  }

  flush(): void {
    if (!this.#passes()) return void this.#from.pause();
    for (let chunk = this.#held.shift(); chunk !== undefined; chunk = this.#held.shift()) {
      if (!this.#to.destroyed && !this.#to.write(chunk)) return void this.#from.pause();
    }
    if (this.#end === "broken") resetSocket(this.#to);
    else if (this.#end === "closed") this.#to.end();
    else this.#from.resume();
  }

  #endAs(end: "closed" | "broken"): void {
    if (this.#end !== "broken") this.#end = end;
    this.flush();
  }
}

/**
 * A socket that is being closed in good order cannot be reset any more: libuv refuses, and Node, which takes it for closed
 * nevertheless, waits for it at the end of the process for ever.
 *
 * @see https://docs.libuv.org/en/v1.x/tcp.html#c.uv_tcp_close_reset
 */
function resetSocket(socket: Socket): void {
  if (socket.writableEnded) socket.destroy();
  else socket.resetAndDestroy();
}
