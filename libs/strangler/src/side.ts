/** Who can answer a call: what is being replaced, or what replaces it. */
export type Side = "legacy" | "candidate";

export const sides = ["legacy", "candidate"] as const satisfies readonly Side[];

export function isSide(text: string | null): text is Side {
  return text === "legacy" || text === "candidate";
}

export function otherThan(side: Side): Side {
  return side === "legacy" ? "candidate" : "legacy";
}
