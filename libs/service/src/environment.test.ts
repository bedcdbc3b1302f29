import { describe, expect, it } from "vitest";
import { z } from "zod";
import { ConfigurationError, integer, oneOf, readEnvironment, secret } from "./environment.ts";

const shape = {
  PORT: integer({ min: 0, max: 65535 }).default(50051),
  LEVEL: oneOf("info", "debug").default("info"),
  DATABASE_URL: secret(z.url({ protocol: /^postgres$/, error: "expected a URL postgres://…" })),
};
const DATABASE_URL = "postgres://user@localhost/db";

describe("readEnvironment", () => {
  it("reads what is set and takes defaults for the rest", () => {
    expect(readEnvironment(shape, { DATABASE_URL, PORT: "0", HOME: "x" })).toEqual({
      PORT: 0,
      LEVEL: "info",
      DATABASE_URL,
    });
  });

  it("takes an empty variable for one that is not set", () => {
    expect(readEnvironment(shape, { DATABASE_URL, PORT: "" }).PORT).toBe(50051);
  });

  it.each(["80a", "-1", "65536", "1.5", "0x10", " 1"])("refuses %j by name, rule and value", (PORT) => {
    expect(() => readEnvironment(shape, { DATABASE_URL, PORT })).toThrow(
      new ConfigurationError(`PORT: expected an integer in [0, 65535], got ${JSON.stringify(PORT)}`),
    );
  });

  it.each(["0", "65535"])("takes the end %s of an interval", (PORT) => {
    expect(readEnvironment(shape, { DATABASE_URL, PORT }).PORT).toBe(Number(PORT));
  });

  it("has a line for each wrong variable, and never shows a secret", () => {
    expect(() => readEnvironment(shape, { DATABASE_URL: "hunter2", LEVEL: "loud" })).toThrow(
      new ConfigurationError(
        'LEVEL: expected one of info, debug, got "loud"\n' +
          "DATABASE_URL: expected a URL postgres://…, got a value that is not shown",
      ),
    );
  });

  it("says that a variable is missing", () => {
    expect(() => readEnvironment(shape, {})).toThrow("DATABASE_URL: expected a URL postgres://…, and it is not set");
  });
});
