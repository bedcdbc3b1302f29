import { InvalidInputError } from "@banyan/errors";
import { ErrorReason } from "@banyan/stubs-inventory";
import { expect, it } from "vitest";
import * as errors from "../domain/errors.ts";

const refusals = [
  new InvalidInputError([]),
  new errors.ItemNotFoundError("tea"),
  new errors.OutOfStockError("tea", 2, 1n),
  new errors.MixedCurrenciesError(["EUR", "USD"]),
  new errors.StockLimitExceededError("tea"),
  new errors.RequestIdReusedError("r"),
  new errors.ReservationNotFoundError("o"),
  new errors.ReservationExpiredError("o"),
  new errors.ReservationReleasedError("o"),
  new errors.OrderIdReusedError("o"),
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
