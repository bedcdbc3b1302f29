import { describe, expect, it } from "vitest";
import { nameRefusal } from "./name-refusal.ts";

const empty = (): boolean => false;

describe("nameRefusal", () => {
  it.each(["payment", "gift-card", "oauth2-client", "abcdefghij-abcdefghij-abcdefghij"])("takes %s", (name) => {
    expect(nameRefusal(name, empty)).toBeUndefined();
  });

  it.each([
    "",
    "Payment",
    "giftCard",
    "gift_card",
    "gift card",
    "gift.card",
    "gift--card",
    "-gift",
    "gift-",
    "2fa",
    "gift-2",
    "zahlung-für",
    "../payment",
    "payment\n",
    "-service",
  ])("refuses %j as malformed", (name) => {
    expect(nameRefusal(name, empty)).toBe(
      `${JSON.stringify(name)} cannot name a service: expected lower-case words joined by hyphens, each beginning with a ` +
        "letter, as in payment or gift-card",
    );
  });

  it("refuses a name of 33 characters, and shows little of one that has many", () => {
    expect(nameRefusal("abcdefghij-abcdefghij-abcdefghijk", empty)).toBe(
      '"abcdefghij-abcdefghij-abcdefghijk" cannot name a service: it has 33 characters, and at most 32 are allowed',
    );
    expect(nameRefusal("a".repeat(10_000), empty)?.length).toBeLessThan(200);
  });

  it.each(["payment-service", "gift-card-service"])("tells to leave -service out of %s", (name) => {
    const bare = name.replace("-service", "");
    expect(nameRefusal(name, empty)).toBe(`"${name}": leave -service out, use "${bare}"`);
  });

  it.each(["banyan", "google", "grpc", "health", "kubernetes", "liveness"])(
    "refuses %s, which means something",
    (name) => {
      expect(nameRefusal(name, empty)).toMatch(new RegExp(`^"${name}" is reserved: `));
    },
  );

  it.each([
    ["class", "a word of TypeScript"],
    ["message", "a word of protobuf"],
    ["store", "a variable of the template"],
    ["promise", "a type of the template"],
    ["value", "one of `values`"],
    ["z", "an import of the template"],
  ])("refuses %s: %s", (name) => {
    expect(nameRefusal(name, empty)).toMatch(/ is reserved: the code of a service needs the word for something else; /);
  });

  it.each([
    ["order", "apps/order-service"],
    ["e2e", "apps/e2e"],
    ["monolith", "apps/monolith"],
    ["standard", "libs/stubs/standard"],
    ["gift-card", "proto/gift_card"],
    ["etcd", "k8s/etcd"],
    ["order", "k8s/order-service"],
  ])("refuses %s where there is %s", (name, place) => {
    expect(nameRefusal(name, (path) => path === place)).toBe(`"${name}" is taken: there is ${place}`);
  });
});
