import type { FileDescriptor, Image } from "../descriptors.ts";
import { errorTable, failureTable } from "../errors/tables.ts";
import type { Workspace } from "../workspace.ts";
import { fixture } from "./fixture.ts";

/** What of a small contract and its domain a test wants otherwise. */
export interface ErrorFixture {
  /** Replaces what tea.v1 has: by name, the comment above it. */
  readonly reasons?: Readonly<Record<string, string>>;
  /** The comments above its methods, by their names. */
  readonly methods?: Readonly<Record<string, string>>;
  /** More files of the workspace, or others. */
  readonly files?: Readonly<Record<string, string>>;
}

export const notFound = errorClass("TeaNotFoundError", "not_found", "TEA_NOT_FOUND", {
  parameters: "teaId: string",
  arguments: '`no tea ${teaId}`, { tea_id: teaId }, { type: "tea", name: teaId }',
});

/** The source of an error of a domain. */
export function errorClass(
  name: string,
  kind: string,
  reason: string,
  constructor: { readonly parameters?: string; readonly arguments?: string } = {},
): string {
  return `export class ${name} extends DomainError {
  override readonly kind = "${kind}";
  override readonly reason = "${reason}";
  constructor(${constructor.parameters ?? ""}) {
    super(${constructor.arguments ?? '"no"'});
  }
}
`;
}

/** A service that declares two reasons and gives both, unless told otherwise. */
export function errorFixture(options: ErrorFixture = {}): { readonly workspace: Workspace; readonly image: Image } {
  const reasons = {
    UNSPECIFIED: "Never sent.",
    INVALID_INPUT: "A field is wrong.",
    TEA_NOT_FOUND: "No tea has this id.\n Facts: tea_id.",
    ...options.reasons,
  };
  const methods = {
    GetTea: "Reads.\n\n Errors: INVALID_INPUT (INVALID_ARGUMENT),\n TEA_NOT_FOUND (NOT_FOUND).",
    ...options.methods,
  };
  return {
    workspace: fixture({
      "libs/errors/src/input.ts": errorClass("InvalidInputError", "invalid", "INVALID_INPUT"),
      "apps/tea-service/src/domain/errors.ts": notFound,
      [errorTable]: tables,
      [failureTable]: failures,
      ...options.files,
    }),
    image: { file: [contract(reasons, methods)] },
  };
}

function contract(
  reasons: Readonly<Record<string, string>>,
  methods: Readonly<Record<string, string>>,
): FileDescriptor {
  const comments = (path: readonly number[], above: Readonly<Record<string, string>>, line: number) =>
    Object.values(above).map((comment, index) => {
      return { path: [...path, index], span: [line + index, 0, 1], leadingComments: ` ${comment}\n` };
    });
  return {
    name: "tea/v1/tea.proto",
    package: "tea.v1",
    service: [{ name: "TeaService", method: Object.keys(methods).map((name) => ({ name })) }],
    enumType: [{ name: "ErrorReason", value: Object.keys(reasons).map((name) => ({ name: `ERROR_REASON_${name}` })) }],
    messageType: [
      {
        name: "Tea",
        field: [{ name: "tea_id" }],
        nestedType: [{ name: "Drinker", field: [{ name: "email", options: { debugRedact: true } }] }],
      },
    ],
    sourceCodeInfo: { location: [...comments([6, 0, 2], methods, 9), ...comments([5, 0, 2], reasons, 19)] },
  };
}

const tables = `
/**
 * What a caller does next.
 *
 * - \`fix\`: send another
 */
export type Advice = "fix";
export const refusals = {
  invalid: { code: Code.InvalidArgument, advice: "fix" },
  not_found: { code: Code.NotFound, advice: "fix" },
  already_exists: { code: Code.AlreadyExists, advice: "fix" },
  precondition: { code: Code.FailedPrecondition, advice: "give up" },
} as const satisfies Record<ErrorKind, Refusal>;
export const failures = { unavailable: { code: Code.Unavailable, advice: "retry elsewhere", sentence: "is away" } };
const statuses: Statuses = { [Code.Canceled]: "unknown" };
`;

const failures = `
/** - none */
export type FailureMeaning = "undone";
const kinds = { undone: { none: "unavailable", some: "unavailable" } };
const sqlStates = {
  "40": "undone", // rolled back
};
const networkErrors = { EPIPE: "undone" };
`;
