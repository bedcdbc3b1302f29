import type { Violation } from "./violation.ts";
import type { Workspace } from "./workspace.ts";

/** Judges that no test is written which nothing runs: the plugin of tools/generators infers targets from these files. */
export function checkUnrunTests({ projects, paths }: Workspace): Violation[] {
  return projects.flatMap(({ root }) => {
    const has = (config: string): boolean => paths.includes(`${root}/${config}`);
    const [isTested, isTestedLong] = [has("vitest.config.ts"), has("vitest.long.config.ts")];
    return paths
      .filter((path) => path.startsWith(`${root}/src/`))
      .filter((path) =>
        path.endsWith(".test.ts") ? !isTested && !isTestedLong : path.endsWith(".long.ts") && !isTestedLong,
      )
      .map((path) => {
        const config = path.endsWith(".long.ts") ? "vitest.long.config.ts" : "vitest.config.ts";
        return { path, rule: "layout/unrun", message: `is a test that nothing runs: ${root} has no ${config}` };
      });
  });
}
