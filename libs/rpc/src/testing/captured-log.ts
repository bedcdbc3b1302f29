import { createLogger, type Logger } from "@banyan/telemetry";

export interface CapturedLog {
  readonly log: Logger;
  /** What was logged, line by line. */
  readonly lines: string[];
  readonly records: () => Record<string, unknown>[];
}

/** A log that is kept in memory. */
export function capturedLog(): CapturedLog {
  const lines: string[] = [];
  const log = createLogger(
    "user",
    { LOG_LEVEL: "debug", LOG_FORMAT: "json" },
    { write: (line) => void lines.push(line) },
  );
  return { log, lines, records: () => lines.map((line): Record<string, unknown> => JSON.parse(line)) };
}
