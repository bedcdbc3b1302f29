import { latencyQuantileMs, type SideCounts } from "@banyan/strangler";

/** `12,345` */
export function integerText(value: number): string {
  return value.toLocaleString("en-US");
}

/** `3 (0.62 %)`; without a percentage of nothing. */
export function partText(part: number, whole: number): string {
  return whole === 0 ? integerText(part) : `${integerText(part)} (${percentText((part * 100) / whole)})`;
}

/** `0.62 %`, `12 %` */
export function percentText(percent: number): string {
  return `${percent === 0 || percent >= 10 ? Math.round(percent) : percent.toFixed(2)} %`;
}

/** The upper end of the bucket in which a quantile is: `≤ 4 ms`. */
export function quantileText({ latency }: Pick<SideCounts, "latency">, q: number): string {
  const ms = latencyQuantileMs(latency, q);
  if (ms === undefined) return "–";
  return ms === Infinity ? "> 8192 ms" : `≤ ${ms} ms`;
}

/** A moment, to the second: `2026-11-21T07:40:00Z`. */
export function secondText(at: Date): string {
  return at.toISOString().replace(/\.\d+Z$/, "Z");
}
