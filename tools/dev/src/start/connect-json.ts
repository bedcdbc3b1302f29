import { decodeJson, textAt } from "../json.ts";
import { SetupError, messageOf } from "../setup-error.ts";

const callMs = 15_000;

/**
 * Makes one unary call in the JSON form of the Connect protocol, which is a plain POST.
 *
 * @param address `host:port`
 * @param method as `user.v1.UserService/GetUser`
 * @throws {SetupError} with the code and the message of the answer when it is no success
 * @see https://connectrpc.com/docs/protocol#unary-request-response-rpcs
 */
export async function callJson(
  address: string,
  method: string,
  message: object,
  headers: Readonly<Record<string, string>> = {},
): Promise<unknown> {
  const url = `http://${address}/${method}`;
  let status: number;
  let text: string;
  try {
    const response = await fetch(url, {
      method: "POST",
      headers: { "content-type": "application/json", ...headers },
      body: JSON.stringify(message),
      signal: AbortSignal.timeout(callMs),
    });
    status = response.status;
    text = await response.text();
  } catch (error) {
    const cause = error instanceof Error && error.cause instanceof Error ? error.cause : error;
    throw new SetupError(`${url} does not answer: ${messageOf(cause)}`);
  }
  const answer = decodeJson(text);
  if (status === 200) return answer;
  const code = textAt(answer, "code") ?? `HTTP ${status}`;
  throw new SetupError(`${method} was refused: ${code}: ${textAt(answer, "message") ?? text}`);
}
