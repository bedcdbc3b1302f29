import type { RegistryLog } from "../etcd/reachability.ts";

export interface LogLine {
  readonly level: keyof RegistryLog;
  readonly fields: object;
  readonly message: string;
}

/** A log that keeps its lines. */
export interface RecordedLog extends RegistryLog {
  readonly lines: readonly LogLine[];
  /** The lines above the level debug. */
  readonly loud: readonly LogLine[];
}

export function recordLog(): RecordedLog {
  const lines: LogLine[] = [];
  const at = (level: keyof RegistryLog) => (fields: object, message: string) =>
    void lines.push({ level, fields, message });
  return {
    info: at("info"),
    warn: at("warn"),
    debug: at("debug"),
    lines,
    get loud() {
      return lines.filter(({ level }) => level !== "debug");
    },
  };
}
