import { decodeJson, textAt, valueAt } from "../json.ts";

/** One line that a service printed. */
export interface LogLine {
  readonly text: string;
  /** `info`, `warn` and so on; undefined when the line is not a record of the service's log, as a stack of Node's is. */
  readonly level: string | undefined;
  readonly message: string;
  /** Set on the line that a service writes for each call it has served. */
  readonly call?: ServedCall;
}

export interface ServedCall {
  /** As `user.v1.UserService/GetUser`. */
  readonly method: string;
  /** `ok`, or the code as gRPC spells it in lower case. */
  readonly code: string;
  readonly durationMs: number;
  readonly requestId: string;
  /** When the call had been served, in milliseconds since the epoch. */
  readonly endedAt: number;
}

export function parseLogLine(text: string): LogLine {
  const record = decodeJson(text);
  const message = textAt(record, "msg") ?? text;
  const line = { text, level: textAt(record, "level"), message };
  const call = parseCall(record);
  return call ? { ...line, call } : line;
}

function parseCall(record: unknown): ServedCall | undefined {
  const method = textAt(record, "method");
  const code = textAt(record, "code");
  const requestId = textAt(record, "requestId");
  const durationMs = valueAt(record, "durationMs");
  const endedAt = Date.parse(textAt(record, "time") ?? "");
  if (textAt(record, "msg") !== "call" || method === undefined || code === undefined || requestId === undefined) {
    return undefined;
  }
  return typeof durationMs === "number" ? { method, code, durationMs, requestId, endedAt } : undefined;
}

/** Whether the line is worth a look: a warning or worse. What is no record at all shows up in the log file. */
export function isNotable({ level }: LogLine): boolean {
  return level !== undefined && ["warn", "error", "fatal"].includes(level);
}

/** The line for the terminal: level, message and the message of the error in it, where there is one. */
export function formatLogLine(app: string, line: LogLine): string {
  if (line.level === undefined) return `${app}: ${line.text}`;
  const record = decodeJson(line.text);
  const error = textAt(record, "error", "message") ?? textAt(record, "err", "message") ?? textAt(record, "error");
  const about = line.call ? `${line.call.method} ${line.call.code}` : line.message;
  return `${app} ${line.level}: ${about}${error === undefined ? "" : ` (${error})`}`;
}
