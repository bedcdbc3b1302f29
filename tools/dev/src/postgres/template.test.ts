import { chmod, chown, mkdir, mkdtemp, readdir, readFile, realpath, rm, stat } from "node:fs/promises";
import { join } from "node:path";
import { expect, it } from "vitest";
import { makeReachable, socketBase } from "../locations.ts";
import { locatePostgres } from "./programs.ts";
import { copyTemplate } from "./template.ts";

it("copyTemplate makes one cluster and copies it, for several that ask at once too", async () => {
  const programs = await locatePostgres();
  const base = await mkdtemp(join(await realpath(socketBase()), "banyan template-"));
  try {
    await chmod(base, 0o755); // run by root, PostgreSQL is another user's
    const [cache, run] = [await makeReachable(join(base, "cache")), join(base, "run")];
    await mkdir(run);
    if (programs.user) await chown(run, programs.user.uid, programs.user.gid);
    const [one, two] = [join(run, "one"), join(run, "two")];
    await Promise.all([one, two].map((data) => copyTemplate(programs, data, cache)));
    const control = (data: string) => readFile(join(data, "global", "pg_control"));
    expect(await control(one)).toEqual(await control(two));
    const { mode, uid } = await stat(one);
    expect([mode & 0o777, uid]).toEqual([0o700, programs.user?.uid ?? process.getuid?.()]);
    expect(await readdir(run)).toEqual(["one", "two"]);
    expect(await readdir(cache)).toHaveLength(2); // the cluster and its lock
  } finally {
    await rm(base, { recursive: true });
  }
});
