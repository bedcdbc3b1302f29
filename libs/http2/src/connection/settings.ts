import { ConnectionError } from "../errors.ts";
import {
  ErrorCode,
  Setting,
  initialMaxFrameBytes,
  initialWindowBytes,
  largestMaxFrameBytes,
  largestWindowBytes,
} from "../frames/frame.ts";

/** What the peer has told of itself by SETTINGS. @see RFC 9113, section 6.5.2 */
export interface PeerSettings {
  headerTableBytes: number;
  maxConcurrentStreams: number;
  initialWindowBytes: number;
  maxFrameBytes: number;
  maxHeaderListBytes: number;
}

/** What holds until it has told. */
export function initialPeerSettings(): PeerSettings {
  return {
    headerTableBytes: 4096,
    maxConcurrentStreams: Infinity,
    initialWindowBytes,
    maxFrameBytes: initialMaxFrameBytes,
    maxHeaderListBytes: Infinity,
  };
}

/** More entries than this in one frame are no setting of anything. */
const mostEntries = 32;

/**
 * Takes the payload of a SETTINGS frame.
 *
 * @param role of the peer: only a client may say that pushes are welcome
 * @throws {ConnectionError} when the frame or a value is against the RFC
 */
export function readSettings(
  into: PeerSettings,
  role: "client" | "server",
  bytes: Buffer,
  start: number,
  end: number,
): void {
  const length = end - start;
  if (length % 6 !== 0) {
    throw new ConnectionError(ErrorCode.FRAME_SIZE_ERROR, `SETTINGS of ${length} octets (section 6.5)`);
  }
  if (length / 6 > mostEntries) throw new ConnectionError(ErrorCode.ENHANCE_YOUR_CALM, "too many settings in a frame");
  for (let at = start; at < end; at += 6) readEntry(into, role, bytes.readUInt16BE(at), bytes.readUInt32BE(at + 2));
}

function readEntry(into: PeerSettings, role: "client" | "server", id: number, value: number): void {
  switch (id) {
    case Setting.HEADER_TABLE_SIZE:
      into.headerTableBytes = value;
      break;
    case Setting.ENABLE_PUSH:
      if (value > 1 || (value === 1 && role === "server")) {
        throw new ConnectionError(ErrorCode.PROTOCOL_ERROR, `SETTINGS_ENABLE_PUSH ${value} (section 6.5.2)`);
      }
      break;
    case Setting.MAX_CONCURRENT_STREAMS:
      into.maxConcurrentStreams = value;
      break;
    case Setting.INITIAL_WINDOW_SIZE:
      if (value > largestWindowBytes) {
        throw new ConnectionError(
          ErrorCode.FLOW_CONTROL_ERROR,
          `SETTINGS_INITIAL_WINDOW_SIZE ${value} (section 6.5.2)`,
        );
      }
      into.initialWindowBytes = value;
      break;
    case Setting.MAX_FRAME_SIZE:
      if (value < initialMaxFrameBytes || value > largestMaxFrameBytes) {
        throw new ConnectionError(ErrorCode.PROTOCOL_ERROR, `SETTINGS_MAX_FRAME_SIZE ${value} (section 6.5.2)`);
      }
      into.maxFrameBytes = value;
      break;
    case Setting.MAX_HEADER_LIST_SIZE:
      into.maxHeaderListBytes = value;
      break;
    default: // Unknown ones are ignored: section 6.5.2.
  }
}
