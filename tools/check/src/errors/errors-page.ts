import { format } from "prettier";
import type { Image } from "../descriptors.ts";
import type { Violation } from "../violation.ts";
import type { Workspace } from "../workspace.ts";
import { statusesIn } from "./check-errors.ts";
import { contractsIn, type Contract, type DeclaredReason } from "./declared-reasons.ts";
import { errorsOfAllDomains, serviceErrors, serviceOf, type DomainErrorClass } from "./domain-errors.ts";
import { causeSection, failureSection } from "./failure-sections.ts";
import { code, table } from "./markdown.ts";
import { errorTable, failureTable, statusName, tableIn, valuesOf } from "./tables.ts";

/** Where the page is, for those who call the services. */
export const errorsPage = "docs/errors.md";

/** Judges that the page of errors says what contracts, domains and tables say. */
export async function checkErrorsPage(workspace: Workspace, image: Image): Promise<Violation[]> {
  const written = workspace.paths.includes(errorsPage) ? workspace.text(errorsPage) : "";
  const expected = await renderErrorsPage(workspace, image);
  if (written === expected) return [];
  const [lines, others] = [written.split("\n"), expected.split("\n")];
  const line = others.findIndex((text, index) => text !== lines[index]) + 1 || others.length;
  const message = "is not what contracts, domains and tables say: run node tools/check/src/main.ts errors --write";
  return [{ path: errorsPage, line, rule: "errors/page", message }];
}

/** The page of errors, in Markdown as prettier has it. */
export async function renderErrorsPage(workspace: Workspace, image: Image): Promise<string> {
  const sections = [introduction, adviceSection(workspace), refusalSection(workspace)];
  const services = contractsIn(image).map((contract) => serviceSection(workspace, contract));
  const page = [...sections, ...services, failureSection(workspace), causeSection(workspace)].join("\n\n");
  return format(page, { parser: "markdown", printWidth: 120 });
}

const introduction = `# Errors

<!-- Generated from proto/, the domains' errors, ${errorTable} and ${failureTable} by
     node tools/check/src/main.ts errors --write: edit those. -->

Every call that does not do what it was asked ends with a gRPC status. It is one of two things:

- a **refusal**, by a rule of business: the status carries \`google.rpc.ErrorInfo\` with a \`reason\` that the contract
  declares, the service's \`domain\`, and the facts of the case as \`metadata\`;
- a **failure** of something that the service needs: the message names the dependency, and nothing else of it is told.

\`\`\`ts
import { adviceOf, declaredReasonOf } from "@banyan/rpc";
import * as contract from "@banyan/stubs-user";

if (declaredReasonOf(error, contract) === "USER_NOT_FOUND") return undefined; // a misspelt reason does not compile
if (adviceOf(error) === "retry elsewhere") …
\`\`\``;

function adviceSection(workspace: Workspace): string {
  const rows = [...valuesOf(workspace, errorTable, "Advice")].map(([advice, text]) => [advice, text]);
  return `## What to do\n\n${table(["advice", "what it says"], rows)}`;
}

/** What goes with every refusal of a kind, beside google.rpc.ErrorInfo. */
const details: Readonly<Record<string, string>> = {
  invalid: "BadRequest: each wrong field of INVALID_INPUT",
  not_found: "ResourceInfo: what is not there",
  already_exists: "ResourceInfo: what is there already",
  precondition: "PreconditionFailure: the condition, and the facts as its subject",
};

function refusalSection(workspace: Workspace): string {
  const rows = [...tableIn(workspace, errorTable, "refusals")].map(([kind, { cells }]) => [
    code(kind),
    statusName(cells["code"] ?? ""),
    cells["advice"] ?? "",
    ["ErrorInfo", ...(details[kind] === undefined ? [] : [details[kind]])].join("; "),
  ]);
  return `## Refusals\n\n${table(["kind", "status", "advice", "details"], rows)}`;
}

function serviceSection(workspace: Workspace, contract: Contract): string {
  const own = serviceErrors(workspace).filter(({ path }) => serviceOf(path) === contract.service);
  const errors = [...own, ...errorsOfAllDomains(workspace)];
  const rows = contract.reasons.map((declared) => {
    const error = errors.find(({ reason }) => reason === declared.reason);
    return reasonRow(workspace, contract, declared, error);
  });
  const headings = ["reason", "kind", "status", "advice", "facts", "resource", "methods", "meaning"];
  return `### ${contract.typeName}\n\nDomain \`${contract.service}.banyan\`.\n\n${table(headings, rows)}`;
}

function reasonRow(
  workspace: Workspace,
  { methods }: Contract,
  { reason, meaning }: DeclaredReason,
  error: DomainErrorClass | undefined,
): string[] {
  const kind = error?.kind ?? "";
  const advice = tableIn(workspace, errorTable, "refusals").get(kind)?.cells["advice"] ?? "";
  const { type, isNamed = false } = error?.resource ?? {};
  return [
    code(reason),
    code(kind),
    statusesIn(workspace).get(kind) ?? "",
    advice,
    (error?.facts ?? []).map(code).join(", "),
    type === undefined ? "" : `${type}${isNamed ? "" : ", without its name"}`,
    methods
      .filter(({ errors }) => errors.some((listed) => listed.reason === reason))
      .map(({ name }) => name)
      .join(", "),
    meaning,
  ];
}
