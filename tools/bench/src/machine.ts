import { availableParallelism, cpus, release, totalmem, type } from "node:os";

/** What every figure depends on: the machine and the Node that ran it. */
export function describeMachine(): string[] {
  const model = cpus()[0]?.model.trim() || "unknown";
  const memoryGb = Math.round(totalmem() / 1024 ** 3);
  return [
    `Node ${process.versions.node}, V8 ${process.versions.v8}`,
    `${availableParallelism()} CPUs (${model}), ${memoryGb} GB, ${type()} ${release().split("-", 1)[0]}`,
  ];
}
