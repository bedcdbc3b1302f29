import { expect, it } from "vitest";
import { knownUsers, rememberUser } from "./known-users.ts";

it("remembers 10,000 users, and forgets the first one for the next", () => {
  for (let id = 1; id <= 10_000; id++) rememberUser({ id: `${id}`, email: "ada@example.com", name: "Ada" });
  expect([knownUsers.size, knownUsers.has("1")]).toEqual([10_000, true]);
  rememberUser({ id: "10001", email: "ada@example.com", name: "Ada" });
  expect([knownUsers.size, knownUsers.has("1"), knownUsers.has("2")]).toEqual([10_000, false, true]);
});
