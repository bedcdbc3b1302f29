import { fromBinary, type DescMessage, type DescMethod, type MessageShape } from "@bufbuild/protobuf";

/** An answer of plain HTTP. */
export interface HttpAnswer {
  readonly status: number;
  readonly headers: Headers;
  /** The body, an object of JSON. */
  readonly body: Readonly<Record<string, unknown>>;
}

/**
 * Calls a unary method as a program does that knows nothing but HTTP/1.1 and JSON.
 *
 * @param body is sent as JSON; a string is sent as it stands
 */
export async function postJson(
  address: string,
  method: DescMethod,
  body: object | string,
  headers: Readonly<Record<string, string>> = {},
): Promise<HttpAnswer> {
  const response = await fetch(`http://${address}/${method.parent.typeName}/${method.name}`, {
    method: "POST",
    headers: { "content-type": "application/json", ...headers },
    body: typeof body === "string" ? body : JSON.stringify(body),
    signal: AbortSignal.timeout(15_000),
  });
  return { status: response.status, headers: response.headers, body: fieldsOf(await response.json()) };
}

/**
 * The detail of one type in a refusal.
 *
 * @see https://connectrpc.com/docs/protocol/#error-end-stream
 */
export function detailIn<Desc extends DescMessage>({ body }: HttpAnswer, schema: Desc): MessageShape<Desc> | undefined {
  const details = Array.isArray(body["details"]) ? body["details"].map(fieldsOf) : [];
  const value = details.find(({ type }) => type === schema.typeName)?.["value"];
  return typeof value === "string" ? fromBinary(schema, Buffer.from(value, "base64")) : undefined;
}

function fieldsOf(value: unknown): Record<string, unknown> {
  if (typeof value !== "object" || value === null || Array.isArray(value))
    throw new Error("expected an object of JSON");
  return { ...value };
}
