import type { Candidate, Report } from "../report.ts";
import { at, type Section } from "./section.ts";
import { counted } from "./summary.ts";

export function plan({ plan }: Report): Section {
  return {
    title: "Cut plan",
    about:
      "The candidates in the order of extraction: the one with the least that ties it to the others first. The score is the sum of its parts, each a count times a weight, as things stand today. It ranks ties; it knows nothing of what a cut is worth.",
    none: "No module owns a table or serves requests: there is nothing to take out.",
    columns: ["order", "module", "score", "parts", "blockers", "most RPCs more in a request"],
    rows: plan.map(({ order, module, score, parts, blockers, requests: [most] }) => [
      String(order),
      module,
      String(score),
      parts
        .filter(({ count }) => count > 0)
        .map(({ name, count, weight }) => `${name}: ${count} × ${weight}`)
        .join("\n") || "none",
      String(blockers.length),
      most === undefined
        ? "0"
        : `${most.rpcs}${most.inLoops > 0 ? `, ${most.inLoops} of them in loops` : ""}: ${most.entryPoint}`,
    ]),
  };
}

export function candidate({ module, order, blockers, requests, contract }: Candidate): Section {
  return {
    title: `${order}. ${module}`,
    about: `${counted(blockers.length, "blocker")}. ${contractWords(contract)}`,
    none: "Nothing blocks it.",
    columns: ["what is in the way", "where"],
    rows: blockers.slice(0, 60).map((blocker) => [blocker.what, at(blocker)]),
    texts: [
      ...(blockers.length > 60
        ? [{ title: "More blockers", text: `${blockers.length - 60} more are in report.json` }]
        : []),
      ...(requests.length > 0
        ? [
            {
              title: "RPCs that requests would make more, by call sites on the way",
              text: requests
                .map(
                  (cost) =>
                    `${String(cost.rpcs).padStart(3)}  ${cost.entryPoint}  ${at(cost)}${cost.inLoops > 0 ? `  (${cost.inLoops} in loops)` : ""}`,
                )
                .join("\n"),
            },
          ]
        : []),
      ...(contract.kind === "draft"
        ? [
            { title: `Draft of a contract, ${module}.proto`, text: contract.proto },
            ...(contract.unmapped.length > 0
              ? [
                  {
                    title: "Types without a counterpart, a JSON value in the draft",
                    text: contract.unmapped.join("\n"),
                  },
                ]
              : []),
          ]
        : []),
    ],
  };
}

function contractWords(contract: Candidate["contract"]): string {
  switch (contract.kind) {
    case "draft":
      return `Its contract would have ${counted(contract.rpcs, "RPC")}, drafted from the functions that others call.`;
    case "existing":
      return `It has its contract already: ${contract.services.join(", ")}.`;
    case "none":
      return `It needs no contract: ${contract.why}.`;
    default:
      return contract satisfies never;
  }
}
