import { describe, expect, it } from "vitest";
import { checkDescriptors, type Image } from "./descriptors.ts";
import { describeViolation } from "./violation.ts";

type File = Image["file"][number];

function found(...files: readonly File[]): string[] {
  return checkDescriptors({ file: files }).map(describeViolation);
}

const reasons = [{ name: "ErrorReason" }];

describe("contract rules", () => {
  it("wants the idempotency_level of every method, UNKNOWN included, at the method's line", () => {
    const file: File = {
      name: "user/v1/user.proto",
      package: "user.v1",
      enumType: reasons,
      service: [
        {
          name: "UserService",
          method: [
            { name: "GetUser", options: { idempotencyLevel: "NO_SIDE_EFFECTS" } },
            { name: "CreateUser", options: { idempotencyLevel: "IDEMPOTENCY_UNKNOWN" } },
            { name: "BanUser" },
          ],
        },
      ],
      sourceCodeInfo: { location: [{ span: [0, 0, 9] }, { path: [6, 0, 2, 2], span: [41, 2, 43, 3] }] },
    };
    expect(found(file)).toEqual([
      "proto/user/v1/user.proto:42 UserService.BanUser must declare its idempotency_level: retries are derived from it",
    ]);
  });

  it("wants an enum ErrorReason in every package that has a service, in whichever file", () => {
    const service = { name: "order/v1/order.proto", package: "order.v1", service: [{ name: "OrderService" }] };
    expect(found(service)).toEqual([
      "proto/order/v1/order.proto package order.v1 has a service and no enum ErrorReason: clients decide by the reasons it lists",
    ]);
    expect(found(service, { name: "order/v1/errors.proto", package: "order.v1", enumType: reasons })).toEqual([]);
    expect(found({ name: "money/v1/money.proto", package: "money.v1" })).toEqual([]);
  });

  it.each([
    ["user.v1", "email", true],
    ["user.v1", "name", true],
    ["user.v1", "password", true],
    ["order.v1", "new_password", true],
    ["order.v1", "access_token", true],
    ["order.v1", "client_secret", true],
    ["order.v1", "contact_email", true],
    ["order.v1", "page_token", false],
    ["order.v1", "next_page_token", false],
    ["inventory.v1", "name", false],
    ["user.v1", "user_id", false],
  ])("asks %s for debug_redact on %s: %s", (packageName, field, asked) => {
    const file = (options: object): File => ({
      name: "a.proto",
      package: packageName,
      messageType: [{ name: "Outer", nestedType: [{ name: "Inner", field: [{ name: field, ...options }] }] }],
    });
    const message = `proto/a.proto Inner.${field} must carry [debug_redact = true]: it is secret or personal, and no log may show it`;
    expect(found(file({}))).toEqual(asked ? [message] : []);
    expect(found(file({ options: { debugRedact: true } }))).toEqual([]);
  });

  it("leaves imported files alone", () => {
    const file: File = {
      name: "google/other.proto",
      package: "google",
      service: [{ name: "Other", method: [{ name: "Call" }] }],
      bufExtension: { isImport: true },
    };
    expect(found(file)).toEqual([]);
  });
});
