import { describe, expect, it } from "vitest";
import { describeValue, formatRecord, readRecord } from "./record.ts";

const read = (text: string) => readRecord(Buffer.from(text));
const endpoint = {
  Op: 0,
  Addr: "10.0.0.7:50051",
  Metadata: { version: "1.4.0", zone: "a", weight: "10" },
  id: "instance-1",
  name: "user",
  version: "1.4.0",
  endpoints: ["grpc://10.0.0.7:50051"],
  network: "tcp",
  address: "10.0.0.7:50051",
  weight: 10,
  tags: { zone: "a" },
};

const record = { id: "instance-1", service: "user", address: "10.0.0.7:50051" };
const told = { version: "1.4.0", zone: "a", weight: 20, since: "2026-03-01T10:00:00.000Z" };

describe("formatRecord", () => {
  it("is the address as it stands", () => {
    expect(formatRecord("address", { ...record, ...told })).toBe("10.0.0.7:50051");
  });

  it("is one record for everybody's resolver", () => {
    expect(JSON.parse(formatRecord("endpoint", { ...record, version: "1.4.0", zone: "a" }))).toEqual(endpoint);
  });
});

describe("readRecord", () => {
  it("reads what formatRecord writes", () => {
    const address = "10.0.0.7:50051";
    expect(read(formatRecord("address", record))).toEqual({ tag: "endpoint", endpoint: { address } });
    expect(read(formatRecord("endpoint", { ...record, ...told }))).toEqual({
      tag: "endpoint",
      endpoint: { address, ...told },
    });
  });

  it.each([
    ["Go's resolver", { Addr: "h:1", Metadata: { zone: "b", version: "2", weight: "30" } }],
    ["Kitex", { address: "h:1", weight: 30, tags: { zone: "b", version: "2" } }],
  ])("reads what else %s tells", (_who, value) => {
    const expected = { address: "h:1", zone: "b", version: "2", weight: 30 };
    expect(read(JSON.stringify(value))).toEqual({ tag: "endpoint", endpoint: expected });
  });

  it.each([
    ["a weight of 0", { weight: 0 }],
    ["a weight beyond the bound", { weight: 10_001 }],
    ["half a weight", { weight: 1.5 }],
    ["a weight in words", { Metadata: { weight: "heavy" } }],
    ["a zone that is a number", { Metadata: { zone: 7 } }],
    ["a zone without end", { tags: { zone: "z".repeat(64) } }],
    ["metadata that is a word", { Metadata: "x", tags: 7 }],
    ["a version that is a list", { version: [] }],
  ])("leaves out %s, and keeps the address", (_what, value) => {
    const expected = { tag: "endpoint", endpoint: { address: "h:1" } };
    expect(read(JSON.stringify({ Addr: "h:1", ...value }))).toEqual(expected);
  });

  it.each([
    ["an address", "localhost:50051", "localhost:50051"],
    ["an address with a line end, as a shell writes it", "localhost:50051\n", "localhost:50051"],
    ["the record that speaks to everybody", JSON.stringify(endpoint), "10.0.0.7:50051"],
    ["what the official Go resolver reads", '{"Op":0,"Addr":"10.0.0.7:1","Metadata":null}', "10.0.0.7:1"],
    ["what Kitex writes", '{"network":"tcp","address":"10.0.0.7:2","weight":10,"tags":null}', "10.0.0.7:2"],
    [
      "what Kratos writes",
      '{"id":"a","endpoints":["http://10.0.0.7:8","grpc://10.0.0.7:3?isSecure=false"]}',
      "10.0.0.7:3",
    ],
    ["an IPv6 address", "[fd00::7]:4", "[fd00::7]:4"],
  ])("reads %s", (_what, text, address) => {
    expect(read(text)).toMatchObject({ tag: "endpoint", endpoint: { address } });
  });

  it.each([
    ["nothing", "", "neither host:port nor JSON"],
    ["a word", "up", "neither host:port nor JSON"],
    ["a URL", "http://10.0.0.7:1", "neither host:port nor JSON"],
    ["half a record", '{"Addr":', "not the JSON record of an endpoint"],
    ["a record of other types", '{"Addr":7}', "not the JSON record of an endpoint"],
    ["a record without an address", '{"id":"a"}', "JSON without an address host:port"],
    ["a record without a port", '{"Addr":"10.0.0.7"}', "JSON without an address host:port"],
    ["a record of another protocol", '{"endpoints":["http://10.0.0.7:8"]}', "JSON without an address host:port"],
    ["1 MB", "x".repeat(2 ** 20), "1048576 bytes, more than 16384"],
  ])("says why it cannot read %s", (_what, text, reason) => {
    expect(read(text)).toEqual({ tag: "unreadable", reason });
  });

  it("says why it cannot read bytes that are not UTF-8", () => {
    expect(readRecord(Buffer.from([0xff, 0xfe]))).toEqual({ tag: "unreadable", reason: "not UTF-8" });
  });
});

describe("describeValue", () => {
  it("is the address, or the first characters of what it is not", () => {
    expect(describeValue(Buffer.from(JSON.stringify(endpoint)))).toBe("10.0.0.7:50051");
    expect(describeValue(Buffer.from("y".repeat(500)))).toBe(`"${"y".repeat(80)}"`);
  });
});
