import { tasksIn } from "./affected-tasks.ts";
import { execute, workspaceRoot } from "./command.ts";

/**
 * `node tools/check/src/affected-projects.ts deploy` prints the projects of which a target is affected from NX_BASE to NX_HEAD, as
 * JSON for a matrix of GitHub: `["order-service","user-service"]`.
 */
const [target] = process.argv.slice(2);
if (target === undefined) {
  process.stderr.write("usage: node tools/check/src/affected-projects.ts <target>\n");
  process.exitCode = 2;
} else {
  const args = ["affected", "--targets", target, "--graph=stdout"];
  const { code, stdout, stderr } = await execute("nx", args, { cwd: workspaceRoot });
  if (code !== 0) process.stderr.write(stderr);
  else process.stdout.write(`${JSON.stringify(projectsOf(tasksIn(stdout), target))}\n`);
  process.exitCode = code;
}

function projectsOf(tasks: readonly string[], target: string): string[] {
  const suffix = `:${target}`;
  const own = tasks.filter((task) => task.endsWith(suffix));
  return own.map((task) => task.slice("@banyan/".length, -suffix.length));
}
