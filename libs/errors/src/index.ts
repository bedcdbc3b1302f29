export { DomainError, type ErrorKind } from "./domain-error.ts";
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
