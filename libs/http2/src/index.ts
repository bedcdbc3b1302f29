export {
  ClientConnection,
  type ClientOptions,
  type ClientStream,
  type RequestParts,
  type ResponseListener,
} from "./client-connection.ts";
export { defaultOptions, readOptions, type ConnectionOptions } from "./connection/options.ts";
export type { Stream, StreamEnd, StreamListener } from "./connection/stream.ts";
export { ConnectionError, StreamError } from "./errors.ts";
export { ErrorCode, clientPreface, errorCodeName } from "./frames/frame.ts";
export type { HeaderList } from "./hpack/header-list.ts";
export type { RequestHead } from "./messages/request-head.ts";
export type { ResponseHead } from "./messages/response-head.ts";
export { ServerConnection, type ServerOptions, type ServerStream } from "./server-connection.ts";
