import { chmod, lstat, mkdir } from "node:fs/promises";
import { join } from "node:path";
import { controlFolder, stateFolder } from "../locations.ts";
import { SetupError } from "../setup-error.ts";

/** Where the supervisor of one checkout keeps things. */
export interface SupervisorPaths {
  /** All that is kept between runs; `npm run reset` removes it. */
  readonly state: string;
  readonly etcdData: string;
  readonly postgresData: string;
  /** The supervisor's own lines, etcd's and PostgreSQL's. */
  readonly logFile: string;
  /** The logs of the services that `npm start` runs, one `<app>.log` each. */
  readonly serviceLogs: string;
  /** Held by the supervisor while it lives. Beside the state, so that it can be held while the state is removed. */
  readonly supervisorLock: string;
  /** Held by `npm start` while it runs. */
  readonly startLock: string;
  /** The folder of the control socket, closed to other users. */
  readonly control: string;
  readonly socket: string;
}

export function supervisorPaths(checkout: string): SupervisorPaths {
  const state = stateFolder(checkout);
  const control = controlFolder(checkout);
  return {
    state,
    etcdData: join(state, "etcd"),
    postgresData: join(state, "postgres"),
    logFile: join(state, "logs", "supervisor.log"),
    serviceLogs: join(state, "logs"),
    supervisorLock: `${state}.supervisor.lock`,
    startLock: `${state}.start.lock`,
    control,
    socket: join(control, "supervisor.sock"),
  };
}

/**
 * Makes the folder of the control socket.
 *
 * @throws {SetupError} when somebody else made it first: its name can be guessed, and its place is open to all
 */
export async function makeControlFolder(folder: string): Promise<void> {
  await mkdir(folder, { mode: 0o700 }).catch(() => undefined); // what is there is judged next
  const stats = await lstat(folder);
  if (!stats.isDirectory() || stats.uid !== process.getuid?.()) {
    throw new SetupError(`${folder} is no folder of this user, and the supervisor needs it: remove it`);
  }
  await chmod(folder, 0o700);
}
