import { join } from "node:path";
import { pathToFileURL } from "node:url";

/** A variable that a service reads. */
export interface Variable {
  /** It has no default, and may not be left out. */
  readonly required: boolean;
  /** What it is where it is not set; undefined where it then is nothing. */
  readonly standard: unknown;
  /** Why a value is refused; undefined when it is taken. */
  refusal(value: string): string | undefined;
}

export type Variables = ReadonlyMap<string, Variable>;

/** What is used of a schema of zod. */
interface Schema {
  safeParse(value: unknown): {
    readonly success: boolean;
    readonly data?: unknown;
    readonly error?: { readonly issues: readonly { readonly message: string }[] };
  };
}

/**
 * The variables of an app, from the shape that its src/config.ts exports as `environment`. That module is loaded by its
 * path: a tool imports no app, and this one asks for a description that every app has.
 *
 * @param app absolute path of its folder
 */
export async function readVariables(app: string): Promise<Variables> {
  const config: { readonly environment: Readonly<Record<string, Schema>> } = await import(
    pathToFileURL(join(app, "src/config.ts")).href
  );
  return new Map(
    Object.entries(config.environment).map(([name, schema]): [string, Variable] => {
      const absent = schema.safeParse(undefined);
      return [
        name,
        {
          required: !absent.success,
          standard: absent.data,
          refusal: (value) =>
            schema
              .safeParse(value)
              .error?.issues.map(({ message }) => message)
              .join("; "),
        },
      ];
    }),
  );
}
