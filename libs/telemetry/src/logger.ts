import { integer } from "@banyan/service";
import { pino, type DestinationStream, type Logger } from "pino";
import pretty from "pino-pretty";
import { z } from "zod";
import { currentCall } from "./call-context.ts";
import { secretSerializers, withoutInnerSecrets } from "./secret-fields.ts";

export type { Logger };

/** The variables that `createLogger` and the call log read, as a shape for the service's environment. */
export const logEnvironment = {
  LOG_LEVEL: z
    .enum(
      ["fatal", "error", "warn", "info", "debug", "trace", "silent"],
      "expected one of fatal, error, warn, info, debug, trace, silent",
    )
    .default("info"),
  LOG_FORMAT: z.enum(["auto", "json", "pretty"], "expected one of auto, json, pretty").default("auto"),
  /** Lines of successful calls a second; the others are counted. A call that has failed always has its line. */
  LOG_CALLS_PER_SECOND: integer({ min: 0, max: 1_000_000 }).default(100),
};

export interface LogConfig {
  readonly LOG_LEVEL: z.output<typeof logEnvironment.LOG_LEVEL>;
  /** `auto`, the default, is pretty on a terminal and JSON elsewhere. */
  readonly LOG_FORMAT: z.output<typeof logEnvironment.LOG_FORMAT>;
  /** Tells this process from others of the service: it is on every line as `instance`. */
  readonly INSTANCE_ID?: string | undefined;
}

/**
 * Logs of one service: JSON lines on stdout with `level` as a word, `time` in ISO 8601, `service`, `instance`, the
 * correlation id and the trace of the call being worked on as `requestId` and `traceId`, and the message as `msg`. The
 * values of fields called `password`, `authorization`, `cookie`, `token` or `secret` are not written.
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
  const { LOG_LEVEL, INSTANCE_ID } = config;
  return pino(
    {
      level: LOG_LEVEL,
      base: { service, ...(INSTANCE_ID !== undefined && { instance: INSTANCE_ID }) },
      timestamp: pino.stdTimeFunctions.isoTime,
      formatters: { level: (label) => ({ level: label }), log: withoutInnerSecrets },
      mixin: () => {
        const call = currentCall();
        if (call === undefined) return {};
        const { requestId, trace } = call;
        return trace === undefined ? { requestId } : { requestId, traceId: trace.traceId };
      },
      mixinMergeStrategy: (merged, mixed) => ({ ...mixed, ...merged }),
      serializers: { ...secretSerializers, error: pino.stdSerializers.err },
    },
    destination,
  );
}

function stdout({ LOG_FORMAT }: LogConfig): DestinationStream {
  const asPretty = LOG_FORMAT === "pretty" || (LOG_FORMAT === "auto" && process.stdout.isTTY);
  return asPretty
    ? pretty({ sync: true, ignore: "pid,hostname,service,instance", messageFormat: "{service}: {msg}" })
    : pino.destination({ fd: 1, sync: true });
}
