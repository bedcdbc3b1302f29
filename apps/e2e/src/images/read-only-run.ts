import { chmod, mkdir, writeFile } from "node:fs/promises";
import { join } from "node:path";
import type { ServiceCommand } from "../platform/service-process.ts";

/**
 * Mounts a file system read-only where nobody else sees it, with one folder of the machine in it, and becomes a program
 * there: with the same process id, so that it gets its signals itself, as in a container.
 */
const script = `
  mount --bind "$0" "$0" && mount --bind "$1" "$0$1" && mount -o remount,bind,ro "$0" || exit 70
  root=$0 user=$2; shift 2
  exec chroot --userspec="$user" "$root" "$@"`;

/**
 * The command that runs a program in the file system of an image, which stays as it is: the root is read-only.
 *
 * @param root where the image's file system is
 * @param user and group, by number: `65532:65532`
 * @param socketFolder of the machine, that is there too: PostgreSQL listens on a unix socket alone
 */
export async function readOnlyRun(
  { root, user, socketFolder }: { readonly root: string; readonly user: string; readonly socketFolder: string },
  command: readonly string[],
): Promise<ServiceCommand> {
  await mkdir(join(root, socketFolder), { recursive: true });
  await mkdir(join(root, "etc"), { recursive: true });
  await writeFile(join(root, "etc/hosts"), "127.0.0.1 localhost\n"); // as every engine does
  await chmod(socketFolder, 0o711); // it is closed to other users, and the image's is one
  const args = ["--mount", "sh", "-c", script, root, socketFolder, user, ...command];
  return { program: "unshare", args, folder: "/" };
}
