import { registryContract } from "./testing/contract.ts";
import { openEtcdWorld } from "./testing/etcd-world.ts";
import { openMemoryWorld } from "./testing/memory-world.ts";

registryContract("registry in memory", openMemoryWorld);
registryContract("registry on etcd", openEtcdWorld);
