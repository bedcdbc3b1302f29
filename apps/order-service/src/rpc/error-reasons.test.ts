import { InvalidInputError } from "@banyan/errors";
import { ErrorReason } from "@banyan/stubs-order";
import { expect, it } from "vitest";
import * as errors from "../domain/errors.ts";

const refusals = [
  new InvalidInputError([]),
  new errors.OrderNotFoundError("o"),
  new errors.IdempotencyKeyReusedError("o"),
  new errors.OrderRejectedError("o"),
];

it("declares in the contract the reason of every error of the domain, and no other", () => {
  const declared = Object.keys(ErrorReason).filter((reason) => reason !== "UNSPECIFIED");
  expect(refusals.map(({ reason }) => reason).toSorted()).toEqual(declared.toSorted());
  expect(
    refusals
      .slice(1)
      .map(({ name }) => name)
      .toSorted(),
  ).toEqual(Object.keys(errors).toSorted());
});
