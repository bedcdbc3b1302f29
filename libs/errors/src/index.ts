export { DomainError, type ErrorKind, type Resource } from "./domain-error.ts";
export {
  failureKind,
  meaningOfNetworkError,
  meaningOfSqlState,
  type FailureMeaning,
  type PossibleEffect,
} from "./failure-table.ts";
export { InfrastructureError, type InfrastructureErrorKind } from "./infrastructure-error.ts";
export {
  InvalidInputError,
  distinctList,
  id,
  pageSize,
  parseInput,
  quantity,
  text,
  type FieldViolation,
} from "./input.ts";
