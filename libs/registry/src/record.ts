import { z } from "zod";
import { formatAddress, parseAddress } from "./address.ts";
import { weight as weightBounds } from "./environment.ts";
import type { Instance } from "./instances.ts";

/** What the value of an instance's key says, or why nothing can be made of it. */
export type Reading =
  | { readonly tag: "endpoint"; readonly endpoint: InstanceEndpoint }
  | { readonly tag: "unreadable"; readonly reason: string };

/** An instance but for its id, which is in the key. */
export type InstanceEndpoint = Omit<Instance, "id">;

/** Larger values are no records, in bytes. */
const maxBytes = 16 * 1024;

const utf8 = new TextDecoder("utf-8", { fatal: true });

/** What is told beside the address; one that cannot be read is as good as one that is not there. */
const label = z.string().min(1).max(63).optional().catch(undefined);
const labels = z
  .object({ version: label, zone: label, since: label, weight: z.string().max(6).optional().catch(undefined) })
  .optional()
  .catch(undefined);

/**
 * The JSON record, in the fields that name an address: those that the official Go resolver, Kitex and Kratos write, in
 * this order. Go writes and reads field names without regard to case; these are the spellings in use.
 */
const endpointRecord = z.object({
  Addr: z.string().optional(),
  address: z.string().optional(),
  endpoints: z.array(z.string()).optional(),
  version: label,
  weight: z.number().optional().catch(undefined),
  Metadata: labels,
  tags: labels,
});

/** What an instance's record tells of it. */
export interface InstanceRecord extends InstanceEndpoint {
  readonly id: string;
  readonly service: string;
}

/** How a record is written: the address as it stands, which any program can dial, or as JSON. */
export type RecordFormat = "address" | "endpoint";

/**
 * The value of an instance's key. As an `endpoint` it is one JSON record that the official Go resolver (`Addr`,
 * `Metadata`), Kratos (`id`, `name`, `version`, `endpoints`) and Kitex (`network`, `address`, `weight`, `tags`) all read.
 */
export function formatRecord(format: RecordFormat, record: InstanceRecord): string {
  const { id, service, address, version = "", zone, weight = 10, since } = record;
  if (format === "address") return address;
  const tags = zone === undefined ? {} : { zone };
  return JSON.stringify({
    Op: 0,
    Addr: address,
    Metadata: { version, ...tags, weight: String(weight), ...(since !== undefined && { since }) },
    id,
    name: service,
    version,
    endpoints: [`grpc://${address}`],
    network: "tcp",
    address,
    weight,
    tags,
  });
}

/** Reads a value that anybody may have written: an address `host:port`, or the JSON record of an endpoint. */
export function readRecord(value: Uint8Array): Reading {
  if (value.byteLength > maxBytes) return unreadable(`${value.byteLength} bytes, more than ${maxBytes}`);
  const text = decode(value)?.trim();
  if (text === undefined) return unreadable("not UTF-8");
  if (!text.startsWith("{")) return endpointOr(text, {}, "neither host:port nor JSON");

  const record = endpointRecord.safeParse(parseJson(text));
  if (!record.success) return unreadable("not the JSON record of an endpoint");
  const { Addr, address, endpoints } = record.data;
  const grpc = endpoints?.find((endpoint) => endpoint.startsWith("grpc://"))?.slice("grpc://".length);
  const chosen = Addr ?? address ?? grpc?.replace(/[/?#].*$/, "");
  return endpointOr(chosen, toldBy(record.data), "JSON without an address host:port");
}

/** What a value says, for a message: its address, or its first characters. */
export function describeValue(value: Uint8Array): string {
  const reading = readRecord(value);
  return reading.tag === "endpoint"
    ? reading.endpoint.address
    : JSON.stringify(Buffer.from(value.subarray(0, 80)).toString());
}

function toldBy(record: z.output<typeof endpointRecord>): Omit<InstanceEndpoint, "address"> {
  const { Metadata, tags } = record;
  const version = record.version ?? Metadata?.version ?? tags?.version;
  const zone = Metadata?.zone ?? tags?.zone;
  const since = Metadata?.since ?? tags?.since;
  const weight = record.weight ?? Number(Metadata?.weight ?? tags?.weight);
  const isWeight = Number.isInteger(weight) && weight >= weightBounds.min && weight <= weightBounds.max;
  return {
    ...(version !== undefined && { version }),
    ...(zone !== undefined && { zone }),
    ...(isWeight && { weight }),
    ...(since !== undefined && { since }),
  };
}

function endpointOr(text: string | undefined, told: Omit<InstanceEndpoint, "address">, reason: string): Reading {
  const address = text === undefined ? undefined : parseAddress(text);
  return address === undefined
    ? unreadable(reason)
    : { tag: "endpoint", endpoint: { address: formatAddress(address), ...told } };
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
