/** The two process metrics that every Prometheus dashboard asks for, in its text format. */
export function processMetrics(): string {
  return [
    "# HELP process_start_time_seconds When the process started, in seconds since 1970.",
    "# TYPE process_start_time_seconds gauge",
    `process_start_time_seconds ${(performance.timeOrigin / 1000).toFixed(3)}`,
    "# HELP process_resident_memory_bytes Resident memory of the process, in bytes.",
    "# TYPE process_resident_memory_bytes gauge",
    `process_resident_memory_bytes ${process.memoryUsage.rss()}`,
    "",
  ].join("\n");
}
