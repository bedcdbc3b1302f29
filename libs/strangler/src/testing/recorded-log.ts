import type { TrafficLog } from "../traffic-log.ts";

export interface LogLine {
  readonly level: keyof TrafficLog;
  readonly fields: object;
  readonly message: string;
}

/** A log that keeps its lines. */
export function recordLog(): { readonly log: TrafficLog; readonly lines: readonly LogLine[] } {
  const lines: LogLine[] = [];
  const at = (level: keyof TrafficLog) => (fields: object, message: string) =>
    void lines.push({ level, fields, message });
  return { log: { info: at("info"), warn: at("warn") }, lines };
}
