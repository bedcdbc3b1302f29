import { describe, expect, it } from "vitest";
import { HpackDecoder } from "./decoder.ts";
import { HpackEncoder } from "./encoder.ts";
import type { HeaderList } from "./header-list.ts";

const anyBytes = 1 << 20;

function decode(decoder: HpackDecoder, block: Buffer | string, maxListBytes = anyBytes) {
  const bytes = typeof block === "string" ? Buffer.from(block, "hex") : block;
  return decoder.decode(bytes, 0, bytes.length, maxListBytes)?.list;
}

/** Exactly 256 octets of table, as appendix C.5 and C.6 have it. */
const tableOf256 = "3fe101";

const get = [":method", "GET", ":scheme", "http", ":path", "/", ":authority", "www.example.com"];
const getFresh = [...get, "cache-control", "no-cache"];
const getCustom = [":method", "GET", ":scheme", "https", ":path", "/index.html", ":authority", "www.example.com"];
const requests: readonly HeaderList[] = [get, getFresh, [...getCustom, "custom-key", "custom-value"]];

const found = (status: string, second: number): HeaderList => [
  ":status",
  status,
  "cache-control",
  "private",
  "date",
  `Mon, 21 Oct 2013 20:13:${second} GMT`,
  "location",
  "https://www.example.com",
];
const cookie = ["set-cookie", "foo=ASDJKHQKBZXOQWEOPIUAXQWEOIU; max-age=3600; version=1"];
const responses: readonly HeaderList[] = [
  found("302", 21),
  found("307", 21),
  [...found("200", 22), "content-encoding", "gzip", ...cookie],
];

describe("HpackDecoder reads the examples of RFC 7541", () => {
  it.each([
    [
      "C.3, requests without Huffman coding",
      requests,
      [
        "828684410f7777772e6578616d706c652e636f6d",
        "828684be58086e6f2d6361636865",
        "828785bf400a637573746f6d2d6b65790c637573746f6d2d76616c7565",
      ],
    ],
    [
      "C.4, requests with Huffman coding",
      requests,
      [
        "828684418cf1e3c2e5f23a6ba0ab90f4ff",
        "828684be5886a8eb10649cbf",
        "828785bf408825a849e95ba97d7f8925a849e95bb8e8b4bf",
      ],
    ],
    [
      "C.6, responses with Huffman coding and eviction",
      responses,
      [
        `${tableOf256}488264025885aec3771a4b6196d07abe941054d444a8200595040b8166e082a62d1bff6e919d29ad171863c78f0b97c8e9ae82ae43d3`,
        "4883640effc1c0bf",
        "88c16196d07abe941054d444a8200595040b8166e084a62d1bffc05a839bd9ab77ad94e7821dd7f2e6c7b335dfdfcd5b3960d5af27087f3672c1ab270fb5291f9587316065c003ed4ee5b1063d5007",
      ],
    ],
  ])("%s", (_, lists, blocks) => {
    const decoder = new HpackDecoder();
    for (const [at, block] of blocks.entries()) {
      expect(decode(decoder, block)).toEqual(lists[at]);
    }
  });
});

describe("HpackEncoder", () => {
  it("writes the request of C.4 in the octets of the RFC", () => {
    const encoder = new HpackEncoder();
    expect(encoder.encode(get).toString("hex")).toBe("828684418cf1e3c2e5f23a6ba0ab90f4ff");
    expect(encoder.encode(getFresh).toString("hex")).toBe("828684be5886a8eb10649cbf");
  });

  it("writes a list that it has written before in a few octets, and what differs beside it without touching the table", () => {
    const encoder = new HpackEncoder();
    const decoder = new HpackDecoder();
    const fixed = [":method", "POST", "content-type", "application/grpc", "te", "trailers"];
    encoder.encode(fixed);
    for (const block of [new HpackEncoder().encode(fixed)]) decode(decoder, block);
    const second = encoder.encode(fixed);
    expect(second.length).toBe(3);
    expect(encoder.encode(fixed)).toBe(second);
    decode(decoder, second);
    const list = decode(decoder, second);
    expect(decode(decoder, second)).toBe(list);
    for (const id of ["a", "b"]) {
      const block = encoder.encode(fixed, ["x-request-id", id]);
      expect(decode(decoder, block)).toEqual([...fixed, "x-request-id", id]);
    }
    expect(encoder.encode(fixed)).toBe(second);
  });

  it("never indexes credentials: no table on the way may keep them (RFC 7541, 7.1.3)", () => {
    const encoder = new HpackEncoder();
    const first = encoder.encode(["authorization", "Bearer abc"]);
    expect((first[0] ?? 0) & 0xf0).toBe(0x10);
    expect(encoder.encode(["authorization", "Bearer abc"])).toEqual(first);
  });

  it("announces smaller and larger tables before the next field (RFC 7541, 4.2)", () => {
    const encoder = new HpackEncoder();
    const decoder = new HpackDecoder();
    const fields = ["a", "1", "b", "2"];
    decode(decoder, encoder.encode(fields));
    encoder.allowTableBytes(0);
    encoder.allowTableBytes(2048);
    decoder.allowTableBytes(0);
    decoder.allowTableBytes(2048);
    const block = encoder.encode(fields);
    expect(block.subarray(0, 1).toString("hex")).toBe("20");
    expect(decode(decoder, block)).toEqual(fields);
    expect(decode(decoder, encoder.encode(fields))).toEqual(fields);
  });

  it("and a decoder agree over thousands of random lists, tables of all sizes and every octet", () => {
    let seed = 7;
    const random = (below: number): number => (seed = (seed * 48271) % 2147483647) % below;
    const word = (): string => Array.from({ length: random(40) }, () => String.fromCharCode(random(256))).join("");
    for (const size of [0, 64, 200, 4096, 65536]) {
      const encoder = new HpackEncoder({ maxTableBytes: size });
      const decoder = new HpackDecoder();
      decoder.allowTableBytes(Math.max(size, 4096));
      encoder.allowTableBytes(size);
      const names = Array.from({ length: 30 }, (_, at) => `name-${at}`);
      const values = Array.from({ length: 30 }, word);
      for (let block = 0; block < 400; block++) {
        const fields = Array.from({ length: random(12) }, () => [
          names[random(30)] ?? "",
          random(3) > 0 ? (values[random(30)] ?? "") : word(),
        ]).flat();
        const passing = random(2) > 0 ? ["passing", word()] : undefined;
        expect(decode(decoder, encoder.encode(fields, passing))).toEqual([...fields, ...(passing ?? [])]);
      }
    }
  });
});

describe("Passing fields", () => {
  it("leave the table alone, and are never indexed when they are credentials (7.1.3)", () => {
    const encoder = new HpackEncoder();
    const decoder = new HpackDecoder();
    const fields = [":status", "200"];
    for (let count = 0; count < 3; count++) {
      const block = encoder.encode(fields, [
        "x-request-id",
        `id-${count}`,
        "set-cookie",
        "a=1",
        "long",
        "x".repeat(100),
      ]);
      expect(block.includes("a=1") && block.includes(Buffer.from([0x1f, 40]))).toBe(true);
      expect(decode(decoder, block)).toEqual([
        ...fields,
        "x-request-id",
        `id-${count}`,
        "set-cookie",
        "a=1",
        "long",
        "x".repeat(100),
      ]);
    }
  });

  it("that are many have octets of their own, which the next block does not change", () => {
    const encoder = new HpackEncoder();
    const long = encoder.encode([":status", "200"], ["long", "x".repeat(20_000)]);
    encoder.encode([":status", "200"], ["other", "y".repeat(20_000)]);
    expect(decode(new HpackDecoder(), long, 65_536)).toEqual([":status", "200", "long", "x".repeat(20_000)]);
  });
});

describe("HpackDecoder refuses", () => {
  it.each([
    ["index 0 (6.1)", "80", "index 0"],
    ["an index beyond both tables (2.3.3)", "be", "index 62"],
    ["a name from beyond both tables (6.2.1)", "7f0061", "index 63"],
    ["a block that ends inside of an integer (5.1)", "ff", "ends inside of an integer"],
    ["a block that ends inside of a string (5.2)", "400a61", "ends inside of a string"],
    ["an integer that goes on and on (5.1)", "ffffffffffffffff01", "integer above"],
    ["a string with the end-of-string symbol (5.2)", "4084ffffffff0161", "end-of-string"],
    ["a string padded with more than seven bits (5.2)", "00821fff0161", "padded"],
    ["a string padded with zeros (5.2)", "0081180161", "padded"],
    ["a table above the allowed size (6.3)", "3fe21f", "above what was allowed"],
    ["a size after the first field (4.2)", "8220", "within a header block"],
  ])("%s", (_, block, reason) => {
    expect(() => decode(new HpackDecoder(), block)).toThrow(reason);
  });

  it("a block without the smaller size that was demanded (4.2)", () => {
    const decoder = new HpackDecoder();
    decoder.allowTableBytes(100);
    expect(() => decode(decoder, "82")).toThrow("as small as was asked");
  });

  it("a list above the bound without losing the table: a bomb of references costs no memory", () => {
    const decoder = new HpackDecoder();
    const encoder = new HpackEncoder();
    decode(decoder, encoder.encode(["bomb", "x".repeat(1900)]));
    const bomb = Buffer.alloc(16_000, 0xbe);
    expect(decode(decoder, bomb, 16_384)).toBeUndefined();
    expect(decode(decoder, "be")).toEqual(["bomb", "x".repeat(1900)]);
  });
});
