import { z } from "zod";
import { formatAddress, parseAddress } from "./address.ts";

/** What the value of an instance's key says, or why nothing can be made of it. */
export type Reading =
  { readonly tag: "address"; readonly address: string } | { readonly tag: "unreadable"; readonly reason: string };

/** Larger values are no records, in bytes. */
const maxBytes = 16 * 1024;

const utf8 = new TextDecoder("utf-8", { fatal: true });

/**
 * The JSON record, in the fields that name an address: those that the official Go resolver, Kitex and Kratos write, in
 * this order. Go writes and reads field names without regard to case; these are the spellings in use.
 */
const endpointRecord = z.object({
  Addr: z.string().optional(),
  address: z.string().optional(),
  endpoints: z.array(z.string()).optional(),
});

/** The value that is written: the address as it stands, which any program in any language can dial. */
export function formatRecord(address: string): string {
  return address;
}

/** Reads a value that anybody may have written: an address `host:port`, or the JSON record of an endpoint. */
export function readRecord(value: Uint8Array): Reading {
  if (value.byteLength > maxBytes) return unreadable(`${value.byteLength} bytes, more than ${maxBytes}`);
  const text = decode(value)?.trim();
  if (text === undefined) return unreadable("not UTF-8");
  if (!text.startsWith("{")) return addressOr(text, "neither host:port nor JSON");

  const record = endpointRecord.safeParse(parseJson(text));
  if (!record.success) return unreadable("not the JSON record of an endpoint");
  const { Addr, address, endpoints } = record.data;
  const grpc = endpoints?.find((endpoint) => endpoint.startsWith("grpc://"))?.slice("grpc://".length);
  return addressOr(Addr ?? address ?? grpc?.replace(/[/?#].*$/, ""), "JSON without an address host:port");
}

/** What a value says, for a message: its address, or its first characters. */
export function describeValue(value: Uint8Array): string {
  const reading = readRecord(value);
  return reading.tag === "address" ? reading.address : JSON.stringify(Buffer.from(value.subarray(0, 80)).toString());
}

function addressOr(text: string | undefined, reason: string): Reading {
  const address = text === undefined ? undefined : parseAddress(text);
  return address === undefined ? unreadable(reason) : { tag: "address", address: formatAddress(address) };
}

function unreadable(reason: string): Reading {
  return { tag: "unreadable", reason };
}

function decode(value: Uint8Array): string | undefined {
  try {
    return utf8.decode(value);
  } catch {
    return undefined;
  }
}

function parseJson(text: string): unknown {
  try {
    return JSON.parse(text);
  } catch {
    return undefined;
  }
}
