import type { DiscoveredInstance, Discovery } from "../client/discovery.ts";

export interface TestDiscovery extends Discovery {
  /** Makes these the live instances: their ids by address, `a` for the first. */
  set(...addresses: string[]): void;
  readonly disposed: boolean;
}

/** Instances as the test sets them. */
export function testDiscovery(...addresses: string[]): TestDiscovery {
  const ids = new Map<string, string>();
  const instanceAt = (address: string): DiscoveredInstance => {
    const id = ids.get(address) ?? String.fromCodePoint(97 + ids.size);
    ids.set(address, id);
    return { id, address };
  };
  const listeners = new Set<(instances: readonly DiscoveredInstance[]) => void>();
  let instances = addresses.map(instanceAt);
  let disposed = false;
  return {
    get instances() {
      return instances;
    },
    get disposed() {
      return disposed;
    },
    set(...next) {
      instances = next.map(instanceAt);
      for (const listener of listeners) listener(instances);
    },
    subscribe(listener) {
      listeners.add(listener);
      return () => listeners.delete(listener);
    },
    async [Symbol.asyncDispose]() {
      disposed = true;
    },
  };
}
