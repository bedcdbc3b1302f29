import { describe, expect, it } from "vitest";
import { namesOf } from "./names.ts";

describe("namesOf", () => {
  it("spells one word", () => {
    expect(namesOf("payment").one).toEqual({
      kebab: "payment",
      snake: "payment",
      constant: "PAYMENT",
      camel: "payment",
      pascal: "Payment",
      words: "payment",
      sentence: "Payment",
    });
  });

  it("spells several words, and several of their things", () => {
    const { one, many } = namesOf("gift-card2");
    expect(one).toEqual({
      kebab: "gift-card2",
      snake: "gift_card2",
      constant: "GIFT_CARD2",
      camel: "giftCard2",
      pascal: "GiftCard2",
      words: "gift card2",
      sentence: "Gift card2",
    });
    expect(many).toMatchObject({ kebab: "gift-card2s", pascal: "GiftCard2s", sentence: "Gift card2s" });
  });

  it.each([
    ["payment", "payments"],
    ["delivery", "deliveries"],
    ["survey", "surveys"],
    ["address", "addresses"],
    ["tax", "taxes"],
    ["batch", "batches"],
    ["wish", "wishes"],
    ["price-history", "price-histories"],
  ])("speaks of one %s and several %s", (one, many) => {
    expect(namesOf(one).many.kebab).toBe(many);
  });
});
