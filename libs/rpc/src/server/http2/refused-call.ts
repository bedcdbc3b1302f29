import type { ServerStream, StreamListener } from "@banyan/http2";
import { textType, unimplementedHeaders } from "../unknown-method.ts";
import { answerHead } from "./answer-head.ts";
import { abandonRequest } from "./call-over.ts";

/** Answers in plain text; what comes of the request is thrown away. */
export function answerText(stream: ServerStream, status: number, text: string): StreamListener {
  stream.sendHeaders(answerHead(status, "content-type", textType).fields);
  stream.write(Buffer.from(`${text}\n`), true);
  return discarding(stream);
}

/** Tells a gRPC caller that nobody handles the method. */
export function answerUnimplemented(stream: ServerStream, contentType: string, path: string): StreamListener {
  const passing = Object.entries(unimplementedHeaders(contentType, path)).flat();
  stream.sendHeaders(answerHead(200).fields, passing, true);
  return discarding(stream);
}

function discarding(stream: ServerStream): StreamListener {
  abandonRequest(stream);
  return {
    onData: (_, start, end) => stream.consumed(end - start),
    onTrailers() {},
    onDrain() {},
    onClosed() {},
  };
}
