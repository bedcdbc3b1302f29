import { DomainError } from "@banyan/errors";

export class ItemNotFoundError extends DomainError {
  override readonly name = "ItemNotFoundError";
  override readonly kind = "not_found";
  override readonly reason = "ITEM_NOT_FOUND";

  constructor(sku: string) {
    super(`no item ${sku}`, { sku }, { type: "item", name: sku });
  }
}

export class OutOfStockError extends DomainError {
  override readonly name = "OutOfStockError";
  override readonly kind = "precondition";
  override readonly reason = "OUT_OF_STOCK";

  constructor(sku: string, wanted: number, available: bigint) {
    super(`item ${sku}: ${wanted} wanted, ${available} available`, {
      sku,
      wanted: String(wanted),
      available: String(available),
    });
  }
}

export class MixedCurrenciesError extends DomainError {
  override readonly name = "MixedCurrenciesError";
  override readonly kind = "precondition";
  override readonly reason = "MIXED_CURRENCIES";

  constructor(currencies: readonly string[]) {
    super(`one order cannot be priced in ${currencies.join(" and ")}`, { currencies: currencies.join(",") });
  }
}

export class StockLimitExceededError extends DomainError {
  override readonly name = "StockLimitExceededError";
  override readonly kind = "precondition";
  override readonly reason = "STOCK_LIMIT_EXCEEDED";

  constructor(sku: string) {
    super(`the stock of item ${sku} would pass 10^12`, { sku });
  }
}

export class RequestIdReusedError extends DomainError {
  override readonly name = "RequestIdReusedError";
  override readonly kind = "already_exists";
  override readonly reason = "REQUEST_ID_REUSED";

  constructor(requestId: string) {
    super(
      `request_id ${requestId} stands for another addition`,
      { request_id: requestId },
      { type: "addition", name: requestId },
    );
  }
}

export class ReservationNotFoundError extends DomainError {
  override readonly name = "ReservationNotFoundError";
  override readonly kind = "not_found";
  override readonly reason = "RESERVATION_NOT_FOUND";

  constructor(orderId: string) {
    super(`order ${orderId} has reserved nothing`, { order_id: orderId }, { type: "reservation", name: orderId });
  }
}

export class ReservationExpiredError extends DomainError {
  override readonly name = "ReservationExpiredError";
  override readonly kind = "precondition";
  override readonly reason = "RESERVATION_EXPIRED";

  constructor(orderId: string) {
    super(`order ${orderId} was not committed in time`, { order_id: orderId });
  }
}

export class ReservationReleasedError extends DomainError {
  override readonly name = "ReservationReleasedError";
  override readonly kind = "precondition";
  override readonly reason = "RESERVATION_RELEASED";

  constructor(orderId: string) {
    super(`order ${orderId} has been released`, { order_id: orderId });
  }
}

export class OrderIdReusedError extends DomainError {
  override readonly name = "OrderIdReusedError";
  override readonly kind = "already_exists";
  override readonly reason = "ORDER_ID_REUSED";

  constructor(orderId: string) {
    super(`order ${orderId} has reserved other lines`, { order_id: orderId }, { type: "reservation", name: orderId });
  }
}
