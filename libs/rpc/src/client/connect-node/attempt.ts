import { AsyncLocalStorage } from "node:async_hooks";
import { constants, type ClientHttp2Stream, type Http2Session } from "node:http2";

/**
 * What became of one attempt at a call, below the level of answers.
 *
 * - `pending`: the connection has not failed it
 * - `turned back`: a server that was reached has not worked on it, nor will: it refused the stream, or had said goodbye
 * - `not processed`: no server was reached; certain that none has worked on it, nor will
 * - `turned away`: the server resets calls because there are too many, or because they ask for too much
 * - `lost`: the connection broke while it was under way; whether a server has worked on it is not known
 */
export type Fate = "pending" | "turned back" | "not processed" | "turned away" | "lost";

export interface Attempt {
  fate: Fate;
}

const attempts = new AsyncLocalStorage<Attempt>();

/** Runs `call`; the connection that opens its HTTP/2 stream finds the attempt by `currentAttempt`. */
export function runAttempt<T>(attempt: Attempt, call: () => T): T {
  return attempts.run(attempt, call);
}

export function currentAttempt(): Attempt | undefined {
  return attempts.getStore();
}

/**
 * Notes the fate of an attempt when its stream fails. Call it in the turn in which the stream was opened.
 *
 * @param onClose called when the stream is closed, and the fate is known
 */
export function observeStream(stream: ClientHttp2Stream, attempt: Attempt, onClose: () => void): void {
  const { session } = stream;
  if (session !== undefined) observeSession(session);
  const judge = (): void => {
    if (attempt.fate === "pending") attempt.fate = fateOf(stream, session);
  };
  stream.on("error", judge).on("close", () => {
    judge();
    onClose();
  });
}

/** The last stream that a server has said it may have worked on, by session. */
const lastProcessed = new WeakMap<Http2Session, number>();

function observeSession(session: Http2Session): void {
  if (lastProcessed.has(session)) return;
  lastProcessed.set(session, Number.POSITIVE_INFINITY);
  session.on("goaway", (_code: number, lastStreamId: number) => void lastProcessed.set(session, lastStreamId));
  // Each call hears of an error by its stream. The session manager drops its own listener when it is aborted, even
  // between the failure of a session and its error event, which would then end the process.
  session.on("error", () => undefined);
}

/** @see https://www.rfc-editor.org/rfc/rfc9113#section-8.7 */
function fateOf(stream: ClientHttp2Stream, session: Http2Session | undefined): Fate {
  // A stream gets its identifier when its headers are sent.
  if (stream.id === undefined) return session?.destroyed === false ? "turned back" : "not processed";
  if (session === undefined) return "lost";
  // "The REFUSED_STREAM error code can be included in a RST_STREAM frame to indicate that the stream is being closed prior
  // to any processing having occurred."
  if (stream.rstCode === constants.NGHTTP2_REFUSED_STREAM) return "turned back";
  if (stream.readableEnded) return "pending";
  // "The GOAWAY frame indicates the highest stream number that might have been processed."
  const last = lastProcessed.get(session) ?? Number.POSITIVE_INFINITY;
  if (session.destroyed && stream.id > last) return "turned back";
  if (stream.rstCode === constants.NGHTTP2_ENHANCE_YOUR_CALM) return "turned away";
  return session.destroyed ? "lost" : "pending";
}
