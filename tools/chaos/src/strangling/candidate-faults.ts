/** What is wrong with a candidate. */
export type CandidateFault =
  | { readonly tag: "none" }
  /** This part of the calls is answered INTERNAL. */
  | { readonly tag: "errors"; readonly part: number }
  /** In this part of the answers the name is another one. */
  | { readonly tag: "wrong name"; readonly part: number }
  /** Each call takes so many times as long as it would. */
  | { readonly tag: "slow"; readonly times: number };

export const candidateFaults = {
  none: { tag: "none" },
  errors: { tag: "errors", part: 0.02 },
  wrong: { tag: "wrong name", part: 0.01 },
  slow: { tag: "slow", times: 3 },
} as const satisfies Record<string, CandidateFault>;

export function titleOf(fault: CandidateFault): string {
  switch (fault.tag) {
    case "none":
      return "none";
    case "errors":
      return `${fault.part * 100} % of the calls fail`;
    case "wrong name":
      return `a wrong field in ${fault.part * 100} % of the answers`;
    case "slow":
      return `${fault.times} x slower`;
    default:
      return fault satisfies never;
  }
}
