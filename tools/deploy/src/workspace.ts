import { fileURLToPath } from "node:url";

/** The root of the workspace that this file is part of, without a slash at the end. */
export const workspaceRoot = fileURLToPath(new URL("../../..", import.meta.url)).replace(/[\\/]$/, "");
