import type { Row } from "./conformance-case.ts";
import { basicRows } from "./rows/basic-rows.ts";
import { connectAnswerRows } from "./rows/connect-answer-rows.ts";
import { errorRows } from "./rows/error-rows.ts";
import { grpcAnswerRows } from "./rows/grpc-answer-rows.ts";
import { httpAnswerRows } from "./rows/http-answer-rows.ts";
import { metadataRows } from "./rows/metadata-rows.ts";
import { missingRows } from "./rows/missing-rows.ts";
import { requestRows } from "./rows/request-rows.ts";
import { requestSizeRows } from "./rows/request-size-rows.ts";
import { timeRows } from "./rows/time-rows.ts";
import { wayRows } from "./rows/way-rows.ts";

/**
 * All that the conformance suite of Connect has cases for, suite by suite; each of its cases is in one row.
 *
 * @see https://github.com/connectrpc/conformance as of 2026-08-03 (3f01b2e)
 */
export const rows: readonly Row[] = [
  ...basicRows,
  ...errorRows,
  ...metadataRows,
  ...timeRows,
  ...requestSizeRows,
  ...wayRows,
  ...requestRows,
  ...httpAnswerRows,
  ...connectAnswerRows,
  ...grpcAnswerRows,
  ...missingRows,
];
