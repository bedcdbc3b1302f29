// A user server in a process of its own: prints its address, and serves until it is killed.
import { openUserServer } from "./user-server.ts";

const server = await openUserServer();
process.stdout.write(`${server.address}\n`);
