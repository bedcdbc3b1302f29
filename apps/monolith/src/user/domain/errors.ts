import { DomainError } from "@banyan/errors";

export class UserNotFoundError extends DomainError {
  override readonly name = "UserNotFoundError";
  override readonly kind = "not_found";
  override readonly reason = "USER_NOT_FOUND";

  constructor(userId: string) {
    super(`no user ${userId}`, { user_id: userId }, { type: "user", name: userId });
  }
}

/** Carries no email: it is personal, and the caller knows which one it sent. */
export class EmailTakenError extends DomainError {
  override readonly name = "EmailTakenError";
  override readonly kind = "already_exists";
  override readonly reason = "EMAIL_TAKEN";

  constructor() {
    super("a user with this email exists", {}, { type: "user" });
  }
}
