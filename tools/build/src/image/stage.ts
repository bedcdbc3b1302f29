import { mkdtemp, readFile, readdir, rm, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { ExpectedError } from "@banyan/service";
import { archive } from "./tar.ts";

/** What an image adds to its base, in the one file of a folder that disposal removes: `app.tar`. */
export interface Stage extends AsyncDisposable {
  readonly folder: string;
  /** Of all files together. */
  readonly bytes: number;
}

/** An image is fetched by every machine that runs it: so much it may add to its base. */
export const mostBytes = 15_000_000;

/** What an app has to have been built into; `nx build` does it. */
const programs = ["main.js", "migrate.js"];

/**
 * Packs what an image is to have beside its base, and nothing else: the programs with their source maps, and the
 * migrations, below `app/`.
 *
 * @param app absolute path of the app's folder, with its `dist/`
 * @throws {ExpectedError} when the app is not built, or is larger than {@link mostBytes}
 */
export async function stageImage(app: string): Promise<Stage> {
  const built = await readdir(join(app, "dist")).catch((): string[] => []);
  const missing = programs.filter((program) => !built.includes(program));
  if (missing.length > 0) {
    throw new ExpectedError(`${join(app, "dist")} has no ${missing.join(" and no ")}: run nx build of it first`);
  }
  const migrations = (await readdir(join(app, "migrations"))).filter((name) => name.endsWith(".sql"));
  const paths = [
    ...programs.flatMap((program) => [`dist/${program}`, `dist/${program}.map`]),
    ...migrations.map((name) => `migrations/${name}`),
  ];
  const files = await Promise.all(
    paths.map(async (path) => ({ path: `app/${path}`, content: await readFile(join(app, path)) })),
  );
  const bytes = files.reduce((sum, { content }) => sum + content.length, 0);
  if (bytes > mostBytes) {
    const [found, most] = [bytes, mostBytes].map((size) => `${(size / 1e6).toFixed(1)} MB`);
    throw new ExpectedError(
      `${app} would add ${found} to its base, and may add ${most}: find what its bundle has grown by`,
    );
  }
  const folder = await mkdtemp(join(tmpdir(), "banyan-image-"));
  const stage = { folder, bytes, [Symbol.asyncDispose]: () => rm(folder, { recursive: true }) };
  await using opening = new AsyncDisposableStack();
  opening.use(stage);
  await writeFile(join(folder, "app.tar"), archive(files));
  opening.move();
  return stage;
}
