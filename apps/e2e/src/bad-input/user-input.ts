import { UserService } from "@banyan/stubs-user";
import type { JsonObject } from "@bufbuild/protobuf";
import { badIds, badTexts, type BadInput } from "./bad-input.ts";

const { createUser, getUser } = UserService.method;

/** @param email of the requests whose email is right */
export function badUserInput(email: string): readonly BadInput[] {
  const creating = (what: string, wrong: JsonObject): BadInput => ({
    what: `CreateUser: ${what}`,
    method: createUser,
    request: { email, name: "Ada", password: "correct horse", ...wrong },
    fields: Object.keys(wrong),
  });
  return [
    ...badTexts.flatMap(([what, text]) => [
      creating(`email ${what}`, { email: text === "" ? "" : `${text}@example.com` }),
      creating(`name ${what}`, { name: text }),
      creating(`password ${what}`, { password: text.repeat(3) }),
    ]),
    ...["ada", "@example.com", "ada@", "ada@localhost", "a da@example.com", "ada@example..com", "ada@@example.com"].map(
      (malformed) => creating(`email ${malformed}`, { email: malformed }),
    ),
    creating("email of 255 characters", { email: `${"a".repeat(243)}@example.com` }),
    creating("name of 201 characters", { name: "🐝".repeat(201) }),
    creating("password of 1 byte", { password: "x" }),
    creating("password of 7 bytes", { password: "ééé7" }),
    creating("password of 1025 bytes", { password: `${"é".repeat(512)}x` }),
    creating("password of 1 MB", { password: "x".repeat(1_000_000) }),
    { what: "CreateUser: nothing at all", method: createUser, request: {}, fields: ["email", "name", "password"] },
    ...badIds.map(([what, userId]) => ({
      what: `GetUser: user_id ${what}`,
      method: getUser,
      request: { userId },
      fields: ["user_id"],
    })),
  ];
}
