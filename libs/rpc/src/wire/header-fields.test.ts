import { describe, expect, it } from "vitest";
import { FieldHeaders } from "./field-headers.ts";
import { fieldsOf, validFields, writtenFields } from "./header-fields.ts";

describe("fieldsOf", () => {
  it("leaves out what belongs to connections of HTTP/1.1, and what is sent by other means", () => {
    const headers = new Headers({ connection: "close", te: "trailers", "content-type": "a/b", "x-own": "1" });
    expect(fieldsOf(headers, new Set(["content-type"]))).toEqual(["x-own", "1"]);
  });
});

describe("writtenFields", () => {
  const shared = ["content-type", "a/b"];

  it("are what was written beside the fields that headers were made of", () => {
    const headers = new FieldHeaders(shared);
    expect(writtenFields(headers, shared)).toEqual([]);
    headers.set("x-own", "1");
    expect(writtenFields(headers, shared)).toEqual(["x-own", "1"]);
  });

  it.each(["content-type", "connection"])("are not told apart when %s is among them", (name) => {
    const headers = new FieldHeaders(shared);
    headers.append(name, "c/d");
    expect(writtenFields(headers, shared)).toBeUndefined();
  });
});

describe("validFields", () => {
  it("leaves out names that are no tokens, and is the very same list where there are none", () => {
    const fields = ["x-own", "1", "te", "trailers"];
    expect(validFields(fields)).toBe(fields);
    expect(validFields(["x(y)", "1", ...fields])).toEqual(fields);
  });
});
