import { ExpectedError } from "@banyan/service";
import { runCommand } from "./command.ts";

/** What an image is made of, and what it is called. */
export interface ImageOptions {
  /** As in `banyan/user-service:0.1.0`. */
  readonly name: string;
  /** The folder with `app.tar`: what is added to the base. */
  readonly context: string;
  readonly containerfile: string;
  /** An image with `node` on its PATH, or the name of a stage of the Containerfile. */
  readonly base: string;
  /** What its instances say that they are a version of. */
  readonly version: string;
  readonly labels: Readonly<Record<string, string>>;
}

/** A program that builds images. */
export interface Engine {
  readonly name: "docker" | "buildah";
  /** The command that builds an image. */
  command(options: ImageOptions): readonly string[];
}

/** The time of every file and of the image, in seconds since 1970: a clock would make other layers of the same input. */
const epoch = "0";

/** Docker: BuildKit, by buildx. */
export const docker: Engine = {
  name: "docker",
  command: ({ name, context, containerfile, base, version, labels }) => [
    "docker",
    "buildx",
    "build",
    `--file=${containerfile}`,
    `--tag=${name}`,
    // An attestation would name the time and the machine.
    "--provenance=false",
    "--output=type=docker,rewrite-timestamp=true",
    `--build-arg=SOURCE_DATE_EPOCH=${epoch}`,
    `--build-arg=BASE_IMAGE=${base}`,
    `--build-arg=VERSION=${version}`,
    ...labelFlags(labels),
    context,
  ],
};

/** buildah, from 1.28 on: needs no daemon. Its storage and isolation are set by variables of its own. */
export const buildah: Engine = {
  name: "buildah",
  command: ({ name, context, containerfile, base, version, labels }) => [
    "buildah",
    "build",
    `--file=${containerfile}`,
    `--tag=${name}`,
    `--timestamp=${epoch}`,
    // Otherwise the version of buildah would be a label of the image.
    "--identity-label=false",
    `--build-arg=BASE_IMAGE=${base}`,
    `--build-arg=VERSION=${version}`,
    ...labelFlags(labels),
    context,
  ],
};

function labelFlags(labels: Readonly<Record<string, string>>): readonly string[] {
  return Object.entries(labels).map(([key, value]) => `--label=${key}=${value}`);
}

const questionMs = 20_000;

/**
 * Chooses what images are built with: docker where its daemon answers and buildx is there, else buildah.
 *
 * @param env where they are looked for, by its `PATH`
 * @throws {ExpectedError} when there is neither
 */
export async function findEngine(env: Readonly<Record<string, string | undefined>>): Promise<Engine> {
  const succeeds = async (...command: readonly string[]): Promise<boolean> =>
    (await runCommand(command, { output: "read", timeoutMs: questionMs, env })).code === 0;
  if ((await succeeds("docker", "buildx", "version")) && (await succeeds("docker", "version"))) return docker;
  if (await succeeds("buildah", "--version")) return buildah;
  throw new ExpectedError(
    "no docker with buildx whose daemon answers, and no buildah: start or install one, as by `apt-get install buildah`",
  );
}
