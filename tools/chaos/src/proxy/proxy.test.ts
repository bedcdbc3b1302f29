import { once } from "node:events";
import { connect, createServer, type Socket } from "node:net";
import { setTimeout as sleep } from "node:timers/promises";
import { afterEach, beforeEach, describe, expect, it, vi } from "vitest";
import { startProxy, type Proxy, type ProxyOptions } from "./proxy.ts";

let stack: AsyncDisposableStack;
let accepted: Socket[];
let target: number;

beforeEach(async () => {
  stack = new AsyncDisposableStack();
  accepted = [];
  const echo = createServer({ allowHalfOpen: true }, (socket) => {
    accepted.push(socket);
    socket.on("error", () => undefined).pipe(socket);
  });
  stack.defer(() => void echo.close());
  stack.defer(() => accepted.forEach((socket) => socket.destroy()));
  echo.listen(0, "127.0.0.1");
  await once(echo, "listening");
  const address = echo.address();
  target = typeof address === "object" ? (address?.port ?? 0) : 0;
});
afterEach(() => stack.disposeAsync());

const open = async (options: Partial<ProxyOptions> = {}): Promise<Proxy> =>
  stack.use(await startProxy({ target, ...options }));

interface Caller {
  readonly socket: Socket;
  readonly heard: () => string;
  /** How it ended, if it did. */
  readonly ending: () => string | undefined;
}

async function dial(port: number): Promise<Caller> {
  const socket = stack.adopt(connect({ port, host: "127.0.0.1" }), (socket) => void socket.destroy());
  let heard = "";
  let ending: string | undefined;
  socket.on("data", (chunk: Buffer) => (heard += chunk.toString()));
  socket.on("error", (error: NodeJS.ErrnoException) => (ending = error.code));
  socket.on("end", () => (ending ??= "end"));
  await once(socket, "connect");
  return { socket, heard: () => heard, ending: () => ending };
}

const eventually = (assertion: () => void) => vi.waitFor(assertion, { timeout: 5000, interval: 5 });
/** Long enough for bytes to arrive on a loopback, if they were let through. */
const aWhile = () => sleep(150);

const errorOf = (socket: Socket) => new Promise((resolve) => socket.once("error", resolve));

async function speak(caller: Caller, word: string): Promise<void> {
  caller.socket.write(word);
  await eventually(() => expect(caller.heard()).toContain(word));
}

describe("a proxy", () => {
  it("passes bytes on both ways, and the end of them", async () => {
    const caller = await dial((await open()).port);
    await speak(caller, "hello");
    caller.socket.end();
    await eventually(() => expect(caller.ending()).toBe("end"));
  });

  it("passes on more than the buffers hold, and forgets connections that have ended", async () => {
    const proxy = await open();
    const caller = await dial(proxy.port);
    caller.socket.end(Buffer.alloc(8_000_000, "x"));
    await eventually(() => expect(caller.heard()).toHaveLength(8_000_000));
    await eventually(() => expect(proxy.openConnections).toBe(0));
  });

  it("that is cut resets what is open and serves what is new", async () => {
    const proxy = await open();
    const caller = await dial(proxy.port);
    await speak(caller, "hello");
    proxy.cut();
    await eventually(() => expect(caller.ending()).toBe("ECONNRESET"));
    await speak(await dial(proxy.port), "again");
  });

  it("that refuses resets what is new, until it is healed", async () => {
    const proxy = await open();
    proxy.refuse();
    const refused = connect({ port: proxy.port, host: "127.0.0.1" });
    expect(await errorOf(refused)).toMatchObject({ code: "ECONNRESET" });
    proxy.heal();
    await speak(await dial(proxy.port), "again");
  });

  it("that holds both ways lets nothing through, and delivers it when it is healed", async () => {
    const proxy = await open();
    const caller = await dial(proxy.port);
    await speak(caller, "before");
    proxy.hold("both");
    caller.socket.write("held");
    await aWhile();
    expect(caller.heard()).toBe("before");
    proxy.heal();
    await eventually(() => expect(caller.heard()).toBe("beforeheld"));
  });

  it("that is healed with a reset delivers nothing of what it held", async () => {
    const proxy = await open();
    const caller = await dial(proxy.port);
    await speak(caller, "before");
    proxy.hold("both");
    caller.socket.write("held");
    await aWhile();
    proxy.heal("reset");
    await eventually(() => expect(caller.ending()).toBe("ECONNRESET"));
    expect(caller.heard()).toBe("before");
  });

  it("half-open towards the server: it hears nothing, and is still heard", async () => {
    const proxy = await open();
    const caller = await dial(proxy.port);
    await speak(caller, "a");
    proxy.hold("there");
    caller.socket.write("b");
    accepted[0]?.write("from the server");
    await eventually(() => expect(caller.heard()).toBe("afrom the server"));
    await aWhile();
    expect(accepted[0]?.bytesRead).toBe(1);
    proxy.heal();
    await eventually(() => expect(accepted[0]?.bytesRead).toBe(2));
  });

  it("half-open towards the client: the server hears it, and it hears nothing", async () => {
    const proxy = await open();
    const caller = await dial(proxy.port);
    await speak(caller, "a");
    proxy.hold("back");
    caller.socket.write("b");
    await eventually(() => expect(accepted[0]?.bytesRead).toBe(2));
    await aWhile();
    expect(caller.heard()).toBe("a");
    proxy.heal();
    await eventually(() => expect(caller.heard()).toBe("ab"));
  });

  it("that holds keeps the news of a server's end back too", async () => {
    const proxy = await open();
    const caller = await dial(proxy.port);
    await speak(caller, "a");
    proxy.hold("back");
    accepted[0]?.resetAndDestroy();
    await aWhile();
    expect(caller.ending()).toBeUndefined();
    proxy.heal();
    await eventually(() => expect(caller.ending()).toBe("ECONNRESET"));
  });

  it("lets new connections hang while it holds, and serves them when it is healed", async () => {
    const proxy = await open();
    proxy.hold("back");
    const caller = await dial(proxy.port);
    caller.socket.write("hello");
    await aWhile();
    expect(accepted).toHaveLength(0);
    proxy.heal();
    await eventually(() => expect(caller.heard()).toBe("hello"));
  });

  it("holds the connections of one source alone, known or yet to be known", async () => {
    const proxy = await open({ identify: (sent) => /from:(\w+);/.exec(sent.toString())?.[1] });
    const known = await dial(proxy.port);
    await speak(known, "from:bad;");
    const good = await dial(proxy.port);
    await speak(good, "from:good;");
    proxy.hold("both", "bad");
    const late = await dial(proxy.port);
    late.socket.write("from:b");
    await eventually(() => expect(late.heard()).toBe("from:b"));
    late.socket.write("ad;");
    known.socket.write("more");
    await speak(good, "more");
    await aWhile();
    expect(late.heard()).toBe("from:b");
    expect(known.heard()).toBe("from:bad;");
    proxy.heal();
    await eventually(() => expect(late.heard()).toBe("from:bad;"));
    await eventually(() => expect(known.heard()).toBe("from:bad;more"));
  });

  it("resets a caller when nobody stands behind it", async () => {
    const dead = createServer().listen(0, "127.0.0.1");
    await once(dead, "listening");
    const address = dead.address();
    dead.close();
    await once(dead, "close");
    const proxy = await open({ target: typeof address === "object" ? (address?.port ?? 0) : 0 });
    const caller = await dial(proxy.port);
    await eventually(() => expect(caller.ending()).toBe("ECONNRESET"));
  });
});
