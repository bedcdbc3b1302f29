import { spawn } from "node:child_process";
import { ExpectedError } from "@banyan/service";

/** kubectl was refused something, or could not do it; the message is its own, on one line. */
export class KubectlError extends ExpectedError {
  override readonly name: string = "KubectlError";
}

/** The connection of a local port to one of a pod, until it is disposed. */
export interface Forwarding extends AsyncDisposable {
  /** `127.0.0.1:40123` */
  readonly address: string;
}

/** What is asked of a cluster: commands of kubectl, in its current context. */
export interface Kubectl {
  /**
   * Runs a command to its end.
   *
   * @param options.input for its stdin
   * @param options.timeoutMs after which it is killed, default 30000
   * @returns what it printed
   * @throws {KubectlError} when it fails or takes too long
   */
  run(args: readonly string[], options?: { readonly input?: string; readonly timeoutMs?: number }): Promise<string>;
  /**
   * Forwards a free local port; waits 30 s at most until it does.
   *
   * @param args of `kubectl port-forward`, without the local port: `["deployment/user-service", ":50051"]`
   */
  forward(args: readonly string[]): Promise<Forwarding>;
}

const defaultTimeoutMs = 30_000;

/** @param program default: that of the PATH */
export function openKubectl(program = "kubectl"): Kubectl {
  return {
    async run(args, { input = "", timeoutMs = defaultTimeoutMs } = {}) {
      const child = spawn(program, args, { timeout: timeoutMs, stdio: ["pipe", "pipe", "pipe"] });
      // One that ends without reading its input has its say in its exit code.
      child.stdin.on("error", () => undefined).end(input);
      const [output, errors] = [textOf(child.stdout), textOf(child.stderr)];
      const failure = await new Promise<string | undefined>((resolve) => {
        child.once("error", (error) => resolve(describeStart(program, error)));
        child.once("close", (code, signal) => {
          if (code === 0) resolve(undefined);
          else resolve(signal === null ? oneLine(errors()) : `no answer within ${timeoutMs / 1000} s`);
        });
      });
      if (failure !== undefined) throw new KubectlError(`kubectl ${args[0] ?? ""}: ${failure}`);
      return output();
    },

    async forward(args) {
      const child = spawn(program, ["port-forward", ...args], { stdio: ["ignore", "pipe", "pipe"] });
      const errors = textOf(child.stderr);
      const ended = new Promise<void>((resolve) => {
        child.once("error", () => resolve()).once("close", () => resolve());
      });
      const stop = async (): Promise<void> => {
        child.kill();
        await ended;
      };
      const port = new Promise<string>((resolve) => {
        let text = "";
        child.stdout.setEncoding("utf8").on("data", (chunk: string) => {
          text += chunk;
          const [, found] = /Forwarding from 127\.0\.0\.1:(\d+)/.exec(text) ?? [];
          if (found !== undefined) resolve(found);
        });
      });
      const late = Promise.withResolvers<undefined>();
      const timer = setTimeout(() => late.resolve(undefined), defaultTimeoutMs);
      const bound = await Promise.race([port, ended, late.promise]);
      clearTimeout(timer);
      if (bound === undefined) {
        await stop();
        throw new KubectlError(`kubectl port-forward: ${oneLine(errors()) || "nothing was forwarded within 30 s"}`);
      }
      return { address: `127.0.0.1:${bound}`, [Symbol.asyncDispose]: stop };
    },
  };
}

function textOf(stream: NodeJS.ReadableStream): () => string {
  let text = "";
  stream.setEncoding("utf8").on("data", (chunk: string) => (text += chunk));
  return () => text;
}

function describeStart(program: string, error: Error): string {
  return "code" in error && error.code === "ENOENT" ? `there is no ${program} on the PATH` : error.message;
}

function oneLine(text: string): string {
  return text.trim().replaceAll(/\s*\n\s*/g, "; ");
}
