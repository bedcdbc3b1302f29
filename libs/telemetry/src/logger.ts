import { pino, type DestinationStream, type Logger } from "pino";
import pretty from "pino-pretty";
import { z } from "zod";
import { currentCall } from "./call-context.ts";

export type { Logger };

/** The variables that `createLogger` reads, as a shape for the service's environment. */
export const logEnvironment = {
  LOG_LEVEL: z
    .enum(
      ["fatal", "error", "warn", "info", "debug", "trace", "silent"],
      "expected one of fatal, error, warn, info, debug, trace, silent",
    )
    .default("info"),
  LOG_FORMAT: z.enum(["auto", "json", "pretty"], "expected one of auto, json, pretty").default("auto"),
};

export interface LogConfig {
  readonly LOG_LEVEL: z.output<typeof logEnvironment.LOG_LEVEL>;
  /** `auto`, the default, is pretty on a terminal and JSON elsewhere. */
  readonly LOG_FORMAT: z.output<typeof logEnvironment.LOG_FORMAT>;
}

/** Fields that hold secrets wherever they turn up: their values never reach a log. */
const redacted = ["password", "authorization", "cookie", "token", "secret"];

/**
 * Logs of one service: JSON lines on stdout with `level` as a word, `time` in ISO 8601, `service`, the correlation id
 * of the call being worked on as `requestId`, and the message as `msg`.
 *
 * Lines are written synchronously, so that none is lost at exit.
 *
 * @param service the service's name, as in `user`
 */
export function createLogger(
  service: string,
  config: LogConfig,
  destination: DestinationStream = stdout(config),
): Logger {
  return pino(
    {
      level: config.LOG_LEVEL,
      base: { service },
      timestamp: pino.stdTimeFunctions.isoTime,
      formatters: { level: (label) => ({ level: label }) },
      mixin: () => {
        const call = currentCall();
        return call === undefined ? {} : { requestId: call.requestId };
      },
      mixinMergeStrategy: (merged, mixed) => ({ ...mixed, ...merged }),
      redact: { paths: redacted.flatMap((name) => [name, `*.${name}`]), censor: "[redacted]" },
      serializers: { error: pino.stdSerializers.err },
    },
    destination,
  );
}

function stdout({ LOG_FORMAT }: LogConfig): DestinationStream {
  const asPretty = LOG_FORMAT === "pretty" || (LOG_FORMAT === "auto" && process.stdout.isTTY);
  return asPretty
    ? pretty({ sync: true, ignore: "pid,hostname,service", messageFormat: "{service}: {msg}" })
    : pino.destination({ fd: 1, sync: true });
}
