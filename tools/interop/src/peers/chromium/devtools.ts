import { spawn } from "node:child_process";
import { once } from "node:events";
import { Readable, Writable } from "node:stream";
import { z } from "zod";
import { within } from "../../within.ts";

/** A tab of a browser, which is a document of one origin. */
export interface Tab {
  /** Evaluates an expression in the document, and waits for the promise that it is. @returns its value, by JSON */
  evaluate(expression: string): Promise<unknown>;
}

/** A headless Chromium. Disposal closes it; so does the end of this process, which closes the pipe that it reads. */
export interface Browser extends AsyncDisposable {
  /** Opens a tab. @throws {Error} when there is no document to be had at the address */
  open(url: string): Promise<Tab>;
}

const commandMs = 60_000;
const closeMs = 10_000;

const answer = z.object({
  id: z.number().optional(),
  result: z.unknown().optional(),
  error: z.object({ message: z.string() }).optional(),
});
type Answer = z.infer<typeof answer>;
const target = z.object({ targetId: z.string() });
const session = z.object({ sessionId: z.string() });
const navigation = z.object({ errorText: z.string().optional() });
const evaluation = z.object({
  result: z.object({ value: z.unknown().optional() }),
  exceptionDetails: z
    .object({ text: z.string(), exception: z.object({ description: z.string().optional() }).optional() })
    .optional(),
});

/**
 * Starts a browser that is told what to do through pipes: messages of JSON, each ended by a zero byte.
 *
 * @see https://chromedevtools.github.io/devtools-protocol/
 */
export function startBrowser(file: string, flags: readonly string[]): Browser {
  const stdio = ["ignore", "ignore", "ignore", "pipe", "pipe"] as const; // it reads commands from 3, and answers on 4
  const child = spawn(file, ["--headless", "--remote-debugging-pipe", ...flags, "about:blank"], { stdio: [...stdio] });
  const exited = once(child, "exit");
  const [commands, answers] = [child.stdio[3], child.stdio[4]];
  if (!(commands instanceof Writable) || !(answers instanceof Readable)) throw new Error(`${file} cannot be started`);
  commands.on("error", () => undefined); // its end tells more
  const waiting = new Map<number, (read: Answer) => void>();
  const reading = readAnswers(answers, (read) => waiting.get(read.id ?? 0)?.(read));
  const ended = Promise.all([reading, exited]).then(() => Promise.reject(new Error(`${file} has ended`)));
  ended.catch(() => undefined); // nobody may be waiting when it ends

  let id = 0;
  const command = async (method: string, params: object, sessionId?: string): Promise<unknown> => {
    const { promise, resolve } = Promise.withResolvers<Answer>();
    waiting.set(++id, resolve);
    commands.write(`${JSON.stringify({ id, method, params, sessionId })}\0`);
    const { result, error } = await within(commandMs, `${method} of ${file}`, Promise.race([promise, ended]));
    if (error !== undefined) throw new Error(`${method} of ${file}: ${error.message}`);
    return result;
  };

  return {
    async open(url) {
      const { targetId } = target.parse(await command("Target.createTarget", { url: "about:blank" }));
      const attached = await command("Target.attachToTarget", { targetId, flatten: true });
      const { sessionId } = session.parse(attached);
      const { errorText } = navigation.parse(await command("Page.navigate", { url }, sessionId));
      if (errorText !== undefined) throw new Error(`${file} cannot open ${url}: ${errorText}`);
      return {
        async evaluate(expression) {
          const params = { expression, awaitPromise: true, returnByValue: true };
          const { result, exceptionDetails } = evaluation.parse(await command("Runtime.evaluate", params, sessionId));
          if (exceptionDetails === undefined) return result.value;
          throw new Error(`in ${file}: ${exceptionDetails.exception?.description ?? exceptionDetails.text}`);
        },
      };
    },
    async [Symbol.asyncDispose]() {
      commands.end();
      await within(closeMs, `the end of ${file}`, exited).finally(() => child.kill("SIGKILL"));
    },
  };
}

async function readAnswers(answers: Readable, take: (read: Answer) => void): Promise<void> {
  let rest = "";
  for await (const chunk of answers.setEncoding("utf8")) {
    const messages = (rest + String(chunk)).split("\0");
    rest = messages.pop() ?? "";
    for (const message of messages) take(answer.parse(JSON.parse(message)));
  }
}
