import { DomainError } from "@banyan/errors";

export class OrderNotFoundError extends DomainError {
  override readonly name = "OrderNotFoundError";
  override readonly kind = "not_found";
  override readonly reason = "ORDER_NOT_FOUND";

  constructor(orderId: string) {
    super(`no order ${orderId}`, { order_id: orderId }, { type: "order", name: orderId });
  }
}

export class IdempotencyKeyReusedError extends DomainError {
  override readonly name = "IdempotencyKeyReusedError";
  override readonly kind = "already_exists";
  override readonly reason = "IDEMPOTENCY_KEY_REUSED";

  constructor(orderId: string) {
    super(
      `the key stands for order ${orderId}, which has other lines`,
      { order_id: orderId },
      { type: "order", name: orderId },
    );
  }
}

export class OrderRejectedError extends DomainError {
  override readonly name = "OrderRejectedError";
  override readonly kind = "precondition";
  override readonly reason = "ORDER_REJECTED";

  constructor(orderId: string) {
    super(`order ${orderId} was rejected: there is nothing to cancel`, { order_id: orderId });
  }
}
