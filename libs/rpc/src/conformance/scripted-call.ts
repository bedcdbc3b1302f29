import type { Row, Script, ScriptedCase, StreamShape } from "./conformance-case.ts";

const bytes = (text: string): Uint8Array => new TextEncoder().encode(text);

/** The data of responses. */
export const one = [bytes("a response")];
export const two = [bytes("first response"), bytes("second response")];
export const three = [...two, bytes("third response")];

/** What the header and the trailers of an answer have. */
export const metadata = {
  headers: [{ name: "x-custom-header", values: ["foo"] }],
  trailers: [{ name: "x-custom-trailer", values: ["bing"] }],
};

export const both = { server: "yes", client: "yes" } as const;
export const serverOnly = { server: "yes", client: "none" } as const;
export const clientOnly = { server: "none", client: "yes" } as const;
export const plain = { codec: "proto", compression: "identity" } as const satisfies Row["only"];

export type CallOptions = Omit<ScriptedCase, "kind" | "name" | "stream" | "script">;

/** A call with one request, or with two where its shape lets it have several. */
export function call(name: string, stream: StreamShape, script?: Script, options: CallOptions = {}): ScriptedCase {
  const isUnary = stream === "unary" || stream === "server-stream";
  const whole = stream === "full-duplex" && script !== undefined ? { ...script, fullDuplex: true } : script;
  return { kind: "scripted", name, stream, requests: isUnary ? 1 : 2, ...(whole && { script: whole }), ...options };
}
