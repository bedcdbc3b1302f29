import { z } from "zod";

const reference = /^[a-z0-9]([a-zA-Z0-9._:/-]*[a-zA-Z0-9])?(@sha256:[0-9a-f]{64})?$/;

/** The variables that decide what an image is made from and what it is called. */
export const imageEnvironment = {
  /** An image with `node` on its PATH; by default Node alone on distroless, which the Containerfile puts together. */
  BASE_IMAGE: z.string().max(300).regex(reference, "expected the name of an image").default("node-alone"),
  /** The registry that the image is to be pushed to, with a path where it has one: `ghcr.io/someone`. By default none. */
  IMAGE_REGISTRY: z
    .string()
    .max(200)
    .regex(/^[a-z0-9][a-z0-9.-]*(:[0-9]+)?(\/[a-z0-9][a-z0-9._-]*)*$/, "expected host[:port][/path], in lower case")
    .optional(),
  /** The tag; by default the version in the app's package.json. */
  IMAGE_VERSION: z
    .string()
    .regex(/^[a-zA-Z0-9_][a-zA-Z0-9_.-]{0,127}$/, "expected 1 to 128 of the characters that a tag may have")
    .optional(),
};

/** As in `banyan/user-service:0.1.0`, or `ghcr.io/someone/banyan/user-service:0.1.0`. */
export function imageName(
  project: string,
  version: string,
  { IMAGE_REGISTRY }: { readonly IMAGE_REGISTRY?: string | undefined },
): string {
  return `${IMAGE_REGISTRY === undefined ? "" : `${IMAGE_REGISTRY}/`}banyan/${project}:${version}`;
}
