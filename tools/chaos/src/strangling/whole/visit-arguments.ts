import { parseArgs } from "node:util";
import { UsageError } from "../../arguments.ts";

const usage = "usage: node tools/chaos/src/visit.ts <host:port>… [--rate <deeds a second>]";
const rates = { default: 40, min: 1, max: 1000 };

/** @throws {UsageError} */
export function parseVisitArguments(args: readonly string[]): { readonly doors: string[]; readonly rate: number } {
  const { values, positionals } = parse(args);
  const rate = values.rate === undefined ? rates.default : Number(values.rate);
  if (!Number.isInteger(rate) || rate < rates.min || rate > rates.max) {
    throw new UsageError(`--rate: expected an integer in [${rates.min}, ${rates.max}], got ${values.rate}\n${usage}`);
  }
  const wrong = positionals.find((address) => !/^[^\s/]+:[0-9]{1,5}$/.test(address));
  if (wrong !== undefined || positionals.length === 0) {
    throw new UsageError(`address: expected host:port of a monolith, got ${wrong ?? "none"}\n${usage}`);
  }
  return { doors: positionals, rate };
}

function parse(args: readonly string[]) {
  try {
    return parseArgs({ args: [...args], options: { rate: { type: "string" } }, allowPositionals: true });
  } catch (error) {
    throw new UsageError(`${error instanceof Error ? error.message : String(error)}\n${usage}`);
  }
}
