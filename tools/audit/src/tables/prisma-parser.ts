import { parse } from "node:path";
import type * as prismaParser from "@mrleebo/prisma-ast";

/**
 * Loads the parser of Prisma schemas.
 *
 * As it is loaded it looks for a configuration of its own, from the working directory upwards, and such a file may be
 * code. Nothing of an audited project is run: so it is loaded with the root as its working directory.
 */
export async function loadPrismaParser(): Promise<typeof prismaParser> {
  const before = process.cwd();
  process.chdir(parse(before).root);
  try {
    return await import("@mrleebo/prisma-ast");
  } finally {
    process.chdir(before);
  }
}
