import type { Server as Http1Server } from "node:http";
import type { Server as HttpsServer } from "node:https";
import type { Socket } from "node:net";
import type { TLSSocket } from "node:tls";

/**
 * "The client connection preface starts with a sequence of 24 octets"; no HTTP/1.1 request can start like it.
 *
 * @see https://www.rfc-editor.org/rfc/rfc9113#section-3.4
 */
const http2Preface = Buffer.from("PRI * HTTP/2.0\r\n\r\nSM\r\n\r\n");

/**
 * Lets a server that listens for HTTP/1.1 hand on the connections that start with the HTTP/2 preface. The listening server has to be the HTTP/1.1 one: Node checks its timeouts and closes its idle
 * connections only then. Its connection listeners of this moment get the HTTP/1.1 connections alone.
 *
 * @param options.undecidedTimeoutMs how long a connection may take to show its protocol before it is closed
 */
export function switchProtocols(
  http1: Http1Server,
  acceptHttp2: (socket: Socket) => void,
  options: { readonly undecidedTimeoutMs: number },
): void {
  const http1Listeners = http1.listeners("connection");
  http1.removeAllListeners("connection");
  http1.on("connection", (socket: Socket) => {
    decide(socket, options.undecidedTimeoutMs, (protocol) => {
      if (protocol === "http1") return http1Listeners.forEach((listener) => listener.call(http1, socket));
      // An HTTP/1.1 server leaves connections half open, on which an HTTP/2 session would never end.
      socket.allowHalfOpen = false;
      acceptHttp2(socket);
    });
  });
}

/** Lets a server for HTTP/1.1 over TLS hand on the connections that have agreed on HTTP/2. @see RFC 7301 */
export function switchByAlpn(https: HttpsServer, acceptHttp2: (socket: TLSSocket) => void): void {
  const http1Listeners = https.listeners("secureConnection");
  https.removeAllListeners("secureConnection");
  https.on("secureConnection", (socket: TLSSocket) => {
    if (socket.alpnProtocol === "h2") acceptHttp2(socket);
    else http1Listeners.forEach((listener) => listener.call(https, socket));
  });
}

/** Reads as much of a new connection as it takes to know its protocol, and puts it back. */
function decide(socket: Socket, timeoutMs: number, decided: (protocol: "http1" | "http2") => void): void {
  let start = Buffer.alloc(0);
  const close = (): void => void socket.destroy();
  const timer = setTimeout(close, timeoutMs);
  const settle = (): void => {
    clearTimeout(timer);
    socket.off("readable", read).off("end", close).off("error", close).off("close", settle);
  };
  const read = (): void => {
    const chunk: Buffer | null = socket.read();
    if (chunk === null) return;
    start = Buffer.concat([start, chunk]);
    const isHttp2 = startsAlike(start, http2Preface);
    if (isHttp2 && start.length < http2Preface.length) return;
    settle();
    socket.unshift(start);
    decided(isHttp2 ? "http2" : "http1");
  };
  socket.on("readable", read).on("end", close).on("error", close).on("close", settle);
}

function startsAlike(a: Buffer, b: Buffer): boolean {
  const length = Math.min(a.length, b.length);
  return a.subarray(0, length).equals(b.subarray(0, length));
}
