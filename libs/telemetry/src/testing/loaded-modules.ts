// Opens the telemetry of a process that is told of no collector, and prints which modules of OpenTelemetry were loaded.
import { registerHooks } from "node:module";

const loaded = new Set<string>();
registerHooks({
  load(url, context, next) {
    const name = /@opentelemetry\/[a-z-]+/.exec(url)?.[0];
    if (name !== undefined) loaded.add(name);
    return next(url, context);
  },
});

const { openTelemetry } = await import("../index.ts");
const config = { LOG_LEVEL: "silent", LOG_FORMAT: "json" } as const;
await using _telemetry = await openTelemetry("user", { ...config, ...JSON.parse(process.argv[2] ?? "{}") });
process.stdout.write(`${JSON.stringify([...loaded].sort())}\n`);
