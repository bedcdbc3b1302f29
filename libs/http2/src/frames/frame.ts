/** Octets of a frame before its payload. @see RFC 9113, section 4.1 */
export const frameHeaderBytes = 9;

/** What SETTINGS_MAX_FRAME_SIZE is until it says otherwise, and the least that it may say. */
export const initialMaxFrameBytes = 16_384;

/** The most that SETTINGS_MAX_FRAME_SIZE may say. */
export const largestMaxFrameBytes = 2 ** 24 - 1;

/** How much may be sent on a stream, and on a connection, before the peer has said anything. */
export const initialWindowBytes = 65_535;

/** No window may become larger. @see RFC 9113, section 6.9.1 */
export const largestWindowBytes = 2 ** 31 - 1;

/** What a client sends before its first frame. @see RFC 9113, section 3.4 */
export const clientPreface: Buffer = Buffer.from("PRI * HTTP/2.0\r\n\r\nSM\r\n\r\n", "latin1");

/** @see RFC 9113, section 6 */
export const FrameType = {
  DATA: 0x0,
  HEADERS: 0x1,
  PRIORITY: 0x2,
  RST_STREAM: 0x3,
  SETTINGS: 0x4,
  PUSH_PROMISE: 0x5,
  PING: 0x6,
  GOAWAY: 0x7,
  WINDOW_UPDATE: 0x8,
  CONTINUATION: 0x9,
} as const;

/** ACK shares its bit with END_STREAM: which one it is depends on the type. */
export const Flag = { ACK: 0x1, END_STREAM: 0x1, END_HEADERS: 0x4, PADDED: 0x8, PRIORITY: 0x20 } as const;

/** @see RFC 9113, section 6.5.2 */
export const Setting = {
  HEADER_TABLE_SIZE: 0x1,
  ENABLE_PUSH: 0x2,
  MAX_CONCURRENT_STREAMS: 0x3,
  INITIAL_WINDOW_SIZE: 0x4,
  MAX_FRAME_SIZE: 0x5,
  MAX_HEADER_LIST_SIZE: 0x6,
} as const;

/** @see RFC 9113, section 7 */
export const ErrorCode = {
  NO_ERROR: 0x0,
  PROTOCOL_ERROR: 0x1,
  INTERNAL_ERROR: 0x2,
  FLOW_CONTROL_ERROR: 0x3,
  SETTINGS_TIMEOUT: 0x4,
  STREAM_CLOSED: 0x5,
  FRAME_SIZE_ERROR: 0x6,
  REFUSED_STREAM: 0x7,
  CANCEL: 0x8,
  COMPRESSION_ERROR: 0x9,
  CONNECT_ERROR: 0xa,
  ENHANCE_YOUR_CALM: 0xb,
  INADEQUATE_SECURITY: 0xc,
  HTTP_1_1_REQUIRED: 0xd,
} as const;
export type ErrorCode = (typeof ErrorCode)[keyof typeof ErrorCode];

/** A number from the wire as it is called: `CANCEL`; unknown ones by their value. */
export function errorCodeName(code: number): string {
  return Object.entries(ErrorCode).find(([, value]) => value === code)?.[0] ?? `error code ${code}`;
}
