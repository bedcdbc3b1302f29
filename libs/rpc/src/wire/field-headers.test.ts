import { inspect } from "node:util";
import { describe, expect, it } from "vitest";
import { FieldHeaders } from "./field-headers.ts";

const shared = ["content-type", "application/grpc", "x-two", "1", "x-two", "2", "set-cookie", "a", "set-cookie", "b"];

describe("FieldHeaders", () => {
  it("read as Headers of the same fields do", () => {
    const fields = new FieldHeaders(shared);
    const headers = new Headers();
    for (let at = 0; at < shared.length; at += 2) headers.append(shared[at] ?? "", shared[at + 1] ?? "");
    expect(fields).toBeInstanceOf(Headers);
    expect([...fields]).toEqual([...headers]);
    expect([[...fields.keys()], [...fields.values()]]).toEqual([[...headers.keys()], [...headers.values()]]);
    for (const name of ["Content-Type", "X-TWO", "set-cookie", "nothing"]) {
      expect([fields.get(name), fields.has(name)]).toEqual([headers.get(name), headers.has(name)]);
    }
    expect(fields.getSetCookie()).toEqual(headers.getSetCookie());
    expect([...new Headers(fields)]).toEqual([...headers]);
    expect(inspect(fields)).toContain("'x-two': '1, 2'");
  });

  it("are written as Headers are", () => {
    const made = [new FieldHeaders(shared), new Headers(new FieldHeaders(shared))].map((headers) => {
      headers.set("X-Two", " 3\t");
      headers.append("x-two", "4");
      headers.append("x-new", "5");
      headers.delete("Content-Type");
      headers.delete("nothing");
      return [...headers];
    });
    expect(made[0]).toEqual(made[1]);
  });

  it("leave the shared list as it was, and tell whether it still holds", () => {
    const before = [...shared];
    const headers = new FieldHeaders(shared);
    expect([headers.shared, headers.own]).toEqual([shared, undefined]);
    headers.set("x-new", "1");
    expect(headers.shared).toBe(shared);
    expect(headers.own).toEqual(["x-new", "1"]);
    headers.set("x-two", "3");
    expect(headers.shared).not.toBe(shared);
    expect(shared).toEqual(before);
  });

  it.each([
    ["", "a"],
    ["a b", "a"],
    ["a:", "a"],
    ["a", "b\nc"],
    ["a", "b\0"],
    ["a", "\u0100"],
  ])("refuse the field %j: %j", (name, value) => {
    const headers = new FieldHeaders();
    expect(() => headers.set(name, value)).toThrow(TypeError);
    expect(() => headers.append(name, value)).toThrow(TypeError);
    expect([...headers]).toEqual([]);
  });
});
