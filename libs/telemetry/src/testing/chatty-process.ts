// Writes as many lines to its log as it is told, and ends at once.
import { createLogger } from "../logger.ts";

const log = createLogger("chatty", { LOG_LEVEL: "info", LOG_FORMAT: "json" });
for (let count = 0; count < Number(process.argv[2]); count++) log.info({ count, text: "x".repeat(100) }, "line");
