/** Where this package writes its log; a pino logger is one. */
export interface TrafficLog {
  info(fields: object, message: string): void;
  warn(fields: object, message: string): void;
}
