import { z } from "zod";
import { portOf, type Finding } from "../finding.ts";
import { runCommand } from "../run-command.ts";
import type { Scene } from "../scene.ts";

const runMs = 30_000;

/** What the program prints, see go/address/main.go. */
const report = z.object({
  key: z.string(),
  value: z.string(),
  userId: z.string(),
  name: z.string(),
  email: z.string(),
  peer: z.string(),
});

/** A Go program reads `/services/user/`, dials the value as it stands, creates a user and reads it back. */
export async function proveDialValue(scene: Scene, program: string): Promise<Finding[]> {
  await using instance = await scene.startInstance("instance-1");
  const [email, name] = ["dial-value@example.com", "Dial Value"];
  const output = await runCommand(program, [scene.etcdEndpoint, email, name], { cwd: "/", timeoutMs: runMs });
  await instance.stop();
  const seen = report.parse(JSON.parse(output));
  return [
    {
      promise: "the value below /services/user/ is the address to dial",
      seen: `${seen.key} = ${seen.value}; it serves on ${instance.address}`,
      kept: seen.key === instance.key && portOf(seen.value) === portOf(instance.address),
    },
    {
      promise: "CreateUser and GetUser answer a connection to that value",
      seen: `user ${seen.userId}: ${seen.name} <${seen.email}>, from ${seen.peer}`,
      kept: seen.email === email && seen.name === name && portOf(seen.peer) === portOf(instance.address),
    },
  ];
}
