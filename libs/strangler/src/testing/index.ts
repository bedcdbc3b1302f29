export { openMemoryTrafficStore } from "./memory-traffic-store.ts";
export { sampleReport } from "./sample-report.ts";
