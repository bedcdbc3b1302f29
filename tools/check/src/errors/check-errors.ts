import { posix } from "node:path";
import type { Image } from "../descriptors.ts";
import type { Violation } from "../violation.ts";
import type { Workspace } from "../workspace.ts";
import { contractsIn, type Contract } from "./declared-reasons.ts";
import { errorsOfAllDomains, serviceErrors, serviceOf, type DomainErrorClass } from "./domain-errors.ts";
import { errorTable, statusName, tableIn } from "./tables.ts";

/**
 * Judges that the reasons which contracts declare, the errors of the domains, and the table of kinds and statuses say the
 * same, and that no error carries what no log may show.
 */
export function checkErrors(workspace: Workspace, image: Image): Violation[] {
  const contracts = contractsIn(image);
  const common = errorsOfAllDomains(workspace);
  const errors = serviceErrors(workspace);
  const statuses = statusesIn(workspace);
  return [
    ...[...common, ...errors].flatMap((error) => checkClass(error, statuses)),
    ...errors.flatMap((error) => checkHome(error, contracts)),
    ...contracts.flatMap((contract) => {
      const own = errors.filter(({ path }) => serviceOf(path) === contract.service);
      return [
        ...own.flatMap((error) => checkPersonal(error, contract)),
        ...domainsOf(own).flatMap((domain) => [
          ...checkReasons(contract, domain, common),
          ...checkMethods(contract, [...domain, ...common], statuses),
        ]),
        ...checkListed(contract),
      ];
    }),
  ];
}

/** The errors of each app that serves a contract: there are several while a service grows out of a monolith. */
function domainsOf(errors: readonly DomainErrorClass[]): (readonly DomainErrorClass[])[] {
  const domains = [...Map.groupBy(errors, ({ path }) => path.split("/", 2).join("/")).values()];
  return domains.length === 0 ? [[]] : domains;
}

/** The gRPC status of each kind of refusal, by the table. */
export function statusesIn(workspace: Workspace): ReadonlyMap<string, string> {
  const rows = tableIn(workspace, errorTable, "refusals");
  return new Map([...rows].map(([kind, { cells }]) => [kind, statusName(cells["code"] ?? "")]));
}

function checkClass(error: DomainErrorClass, statuses: ReadonlyMap<string, string>): Violation[] {
  const { name, path, line, kind, reason, facts, resource } = error;
  const at = { path, line };
  if (kind === undefined || reason === undefined || facts === undefined) {
    const message = `${name} must spell out its kind, its reason and the names of its facts: callers depend on them`;
    return [{ ...at, rule: "errors/literal", message }];
  }
  if (!statuses.has(kind)) {
    return [{ ...at, rule: "errors/kind", message: `${name} is of kind ${kind}, which has no row in ${errorTable}` }];
  }
  if (resource === undefined && (kind === "not_found" || kind === "already_exists")) {
    const message = `${name} is ${kind} and must name its resource, { type: "order", name: orderId }: callers are told what`;
    return [{ ...at, rule: "errors/resource", message }];
  }
  return [];
}

function checkHome({ name, path, line }: DomainErrorClass, contracts: readonly Contract[]): Violation[] {
  const service = serviceOf(path);
  if (service === undefined) {
    return [{ path, line, rule: "errors/home", message: `${name} must stand in src/domain: it is a rule of business` }];
  }
  if (contracts.some((contract) => contract.service === service)) return [];
  return [{ path, line, rule: "errors/home", message: `${name} has no contract: proto/ has no service ${service}` }];
}

function checkPersonal(error: DomainErrorClass, { redacted, typeName }: Contract): Violation[] {
  const { name, path, line, facts = [], parameters } = error;
  return [...new Set([...facts, ...parameters])]
    .filter((field) => redacted.has(field))
    .map((field) => {
      const message = `${name} must not carry ${field}: ${typeName} has it as debug_redact, and every caller would see it`;
      return { path, line, rule: "errors/redact", message };
    });
}

function checkReasons(
  { reasons, typeName }: Contract,
  own: readonly DomainErrorClass[],
  common: readonly DomainErrorClass[],
): Violation[] {
  const undeclared = own
    .filter(({ reason }) => reason !== undefined && !reasons.some((declared) => declared.reason === reason))
    .map(({ name, reason, path, line }) => {
      const message = `${name} gives the reason ${reason}, which the ErrorReason of ${typeName} does not declare`;
      return { path, line, rule: "errors/undeclared", message };
    });
  const given = reasons.flatMap(({ reason, place, facts }): Violation[] => {
    const [error, other] = [...own, ...common].filter((candidate) => candidate.reason === reason);
    if (error === undefined) {
      const message = `${reason} is declared, and no error of ${folderOf(own)} gives it`;
      return [{ ...place, rule: "errors/unused", message }];
    }
    if (other !== undefined) {
      const message = `${other.name} gives the reason ${reason}, as ${error.name} does: callers cannot tell them apart`;
      return [{ path: other.path, line: other.line, rule: "errors/twice", message }];
    }
    // A contract that says nothing of facts promises none.
    if (facts === undefined || facts.toSorted().join() === error.facts?.toSorted().join()) return [];
    const message = `${reason} is declared with the facts ${facts.join(", ")}; ${error.name} has ${error.facts?.join(", ") || "none"}`;
    return [{ ...place, rule: "errors/facts", message }];
  });
  return [...undeclared, ...given];
}

/** Where errors stand; a contract that nobody serves yet has none. */
function folderOf([error]: readonly DomainErrorClass[]): string {
  return error === undefined ? "any domain" : posix.dirname(error.path);
}

function checkMethods(
  { methods }: Contract,
  errors: readonly DomainErrorClass[],
  statuses: ReadonlyMap<string, string>,
): Violation[] {
  return methods.flatMap(({ name, place, errors: listed }) =>
    listed.flatMap(({ reason, status }): Violation[] => {
      const kind = errors.find((error) => error.reason === reason)?.kind;
      const expected = kind === undefined ? undefined : statuses.get(kind);
      if (expected === status && expected !== undefined) return [];
      const message =
        expected === undefined
          ? `${name} lists ${reason}, which no error of the domain gives`
          : `${name} lists ${reason} with the status ${status ?? "left out"}; it is ${expected}`;
      return [{ ...place, rule: "errors/method", message }];
    }),
  );
}

function checkListed({ methods, reasons, typeName }: Contract): Violation[] {
  const listed = new Set(methods.flatMap((method) => method.errors.map(({ reason }) => reason)));
  return reasons
    .filter(({ reason }) => !listed.has(reason))
    .map(({ reason, place }): Violation => {
      const message = `${reason} is declared, and no method of ${typeName} lists it under "Errors:"`;
      return { ...place, rule: "errors/method", message };
    });
}
