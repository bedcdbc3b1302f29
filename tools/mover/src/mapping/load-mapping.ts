import { readFile } from "node:fs/promises";
import { ExpectedError } from "@banyan/service";
import { parse, YAMLParseError } from "yaml";
import { mappingSchema, type Mapping } from "./mapping.ts";

/** A longer file is no mapping, in characters. */
const maxLength = 200_000;

/** Reads a mapping. @throws {ExpectedError} that names the file, and the fields that are wrong, 10 of them at most */
export async function loadMapping(path: string): Promise<Mapping> {
  return parseMapping(await textOf(path), path);
}

export function parseMapping(text: string, path: string): Mapping {
  const parsed = mappingSchema.safeParse(valueOf(text, path));
  if (parsed.success) return parsed.data;
  const lines = parsed.error.issues.slice(0, 10).map(({ path, message, ...issue }) => {
    const field = path.map(String).join(".") || "mapping";
    return issue.code === "unrecognized_keys"
      ? `${field}: no field of that name: ${issue.keys.join(", ")}`
      : `${field}: expected ${message}`;
  });
  throw new ExpectedError(`${path} is no mapping:\n${lines.join("\n")}`);
}

async function textOf(path: string): Promise<string> {
  try {
    return await readFile(path, "utf8");
  } catch (error) {
    const code = error instanceof Error && "code" in error ? String(error.code) : String(error);
    throw new ExpectedError(`the mapping ${path} cannot be read (${code}): correct --mapping`);
  }
}

function valueOf(text: string, path: string): unknown {
  if (text.length > maxLength)
    throw new ExpectedError(`${path} is no mapping: it has more than ${maxLength} characters`);
  try {
    return parse(text);
  } catch (error) {
    if (error instanceof YAMLParseError)
      throw new ExpectedError(`${path} is no mapping: ${error.message.split("\n")[0]}`);
    throw error;
  }
}
