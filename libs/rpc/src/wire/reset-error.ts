import { ErrorCode, errorCodeName } from "@banyan/http2";
import { Code, ConnectError } from "@connectrpc/connect";

/**
 * What an RST_STREAM means for a call; undefined for the codes that say nothing about it.
 *
 * STREAM_CLOSED is not here on purpose.
 *
 * @see https://github.com/grpc/grpc/blob/master/doc/PROTOCOL-HTTP2.md#errors
 */
export function resetError(code: number): ConnectError | undefined {
  const meaning = meanings.get(code);
  if (meaning === undefined) return undefined;
  const name = `${errorCodeName(code)} (0x${code.toString(16)})`;
  return new ConnectError(`http/2 stream closed with error code ${name}`, meaning);
}

const meanings: ReadonlyMap<number, Code> = new Map([
  [ErrorCode.PROTOCOL_ERROR, Code.Internal],
  [ErrorCode.INTERNAL_ERROR, Code.Internal],
  [ErrorCode.FLOW_CONTROL_ERROR, Code.Internal],
  [ErrorCode.SETTINGS_TIMEOUT, Code.Internal],
  [ErrorCode.FRAME_SIZE_ERROR, Code.Internal],
  [ErrorCode.COMPRESSION_ERROR, Code.Internal],
  [ErrorCode.CONNECT_ERROR, Code.Internal],
  [ErrorCode.REFUSED_STREAM, Code.Unavailable],
  [ErrorCode.CANCEL, Code.Canceled],
  [ErrorCode.ENHANCE_YOUR_CALM, Code.ResourceExhausted],
  [ErrorCode.INADEQUATE_SECURITY, Code.PermissionDenied],
  [ErrorCode.HTTP_1_1_REQUIRED, Code.PermissionDenied],
]);
