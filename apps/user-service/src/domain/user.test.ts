import { InvalidInputError, parseInput } from "@banyan/errors";
import { describe, expect, it } from "vitest";
import { emailKey, newUser } from "./user.ts";

const ada = { email: "ada@example.com", name: "Ada", password: "correct horse" };

function fieldsRefused(user: unknown): string[] {
  try {
    parseInput(newUser, user);
  } catch (error) {
    if (error instanceof InvalidInputError) return error.violations.map(({ field }) => field);
    throw error;
  }
  return [];
}

describe("newUser", () => {
  it.each([
    ["an ordinary email", { email: "ada@example.com" }],
    ["an email with a plus and a subdomain", { email: "ada+test@mail.example.co.uk" }],
    ["an international email", { email: "адa@пример.рф" }],
    ["a password of 8 bytes", { password: "12345678" }],
    ["a password of 1024 bytes", { password: "é".repeat(512) }],
    ["a name of one character", { name: "李" }],
  ])("takes %s", (_, part) => {
    expect(fieldsRefused({ ...ada, ...part })).toEqual([]);
  });

  it.each([
    ["no email", { email: "" }, "email"],
    ["an email without @", { email: "ada.example.com" }, "email"],
    ["an email without a domain", { email: "ada@" }, "email"],
    ["an email without a dot in its domain", { email: "ada@localhost" }, "email"],
    ["an email that ends in a dot", { email: "ada@example." }, "email"],
    ["an email with a space", { email: "a da@example.com" }, "email"],
    ["an email with two @", { email: "a@b@example.com" }, "email"],
    ["an email with a line break", { email: "ada@example.com\n" }, "email"],
    ["an email of 255 characters", { email: `${"a".repeat(243)}@example.com` }, "email"],
    ["an email with U+FFFD", { email: "a\uFFFDa@example.com" }, "email"],
    ["no name", { name: "" }, "name"],
    ["a name of 201 characters", { name: "x".repeat(201) }, "name"],
    ["a password of 1 byte", { password: "x" }, "password"],
    ["a password of 7 bytes", { password: "1234567" }, "password"],
    ["a password of 1025 bytes", { password: `${"é".repeat(512)}x` }, "password"],
    ["a password of 1 MB", { password: "x".repeat(1 << 20) }, "password"],
  ])("refuses %s", (_, part, field) => {
    expect(fieldsRefused({ ...ada, ...part })).toContain(field);
  });
});

describe("emailKey", () => {
  it("is the same for emails that differ in letter case or in how an accent is encoded", () => {
    expect(emailKey("ADA@Example.COM")).toBe(emailKey("ada@example.com"));
    expect(emailKey("Ren\u00e9@example.com")).toBe(emailKey("rene\u0301@example.com"));
  });

  it("differs for different emails", () => {
    expect(emailKey("ada@example.com")).not.toBe(emailKey("ada@example.org"));
  });
});
