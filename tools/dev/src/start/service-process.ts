import { createWriteStream } from "node:fs";
import { mkdir } from "node:fs/promises";
import { join } from "node:path";
import { readLines } from "../process/lines.ts";
import { startProgram } from "../process/program.ts";
import { SetupError, messageOf } from "../setup-error.ts";
import { type LogLine, formatLogLine, isNotable, parseLogLine } from "./log-line.ts";

export interface ServiceProcessOptions {
  readonly app: string;
  /** The folder of the checkout. */
  readonly checkout: string;
  readonly env: Readonly<Record<string, string | undefined>>;
  /** Where all it prints goes, into `<app>.log`, anew with every start. */
  readonly logFolder: string;
  readonly onLine: (line: LogLine) => void;
  /** How long it may take to stop before it is killed, default 15. */
  readonly patienceSeconds?: number | undefined;
  /** Gets a sentence that the person at the terminal should see. */
  readonly onNotice: (line: string) => void;
}

/** One running service. Disposal stops it: SIGTERM, and SIGKILL when that was not enough. */
export interface ServiceProcess extends AsyncDisposable {
  /** Rejects with a SetupError, with the last lines it printed, when the service ends before it was stopped. */
  readonly failure: Promise<never>;
}

const usualPatienceSeconds = 15;
const lastLines = 12;

export async function startService(options: ServiceProcessOptions): Promise<ServiceProcess> {
  const { app, patienceSeconds = usualPatienceSeconds } = options;
  await mkdir(options.logFolder, { recursive: true });
  const logFile = join(options.logFolder, `${app}.log`);
  const program = await startProgram({
    args: [join("src", "main.ts")],
    folder: join(options.checkout, "apps", app),
    env: options.env,
    stdio: "pipe",
    patienceSeconds,
  });

  const log = createWriteStream(logFile);
  log.on("error", (error) => options.onNotice(`${logFile} cannot be written: ${messageOf(error)}`));
  const last: string[] = [];
  for (const output of program.outputs) {
    readLines(output, (text) => {
      const line = parseLogLine(text);
      if (!log.destroyed) log.write(`${text}\n`);
      last.push(formatLogLine(app, line));
      if (last.length > lastLines) last.shift();
      if (isNotable(line)) options.onNotice(formatLogLine(app, line));
      options.onLine(line);
    });
  }

  let stopping = false;
  const fail = async (): Promise<never> => {
    const { code, signal } = await program.ended;
    if (stopping) return new Promise<never>(() => undefined);
    const how = signal ?? `exit code ${code}`;
    throw new SetupError([`${app} has ended (${how}); its log is ${logFile}`, ...last].join("\n  "));
  };
  return {
    failure: fail(),
    async [Symbol.asyncDispose]() {
      stopping = true;
      const how = await program.stop();
      if (how === "killed") options.onNotice(`${app} had not ended ${patienceSeconds} s after SIGTERM and was killed`);
      log.end();
    },
  };
}
