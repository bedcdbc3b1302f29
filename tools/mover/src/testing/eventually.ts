import { vi } from "vitest";

/** Waits until `assertion` holds, 30 seconds at most: the machine may be busy. */
export function eventually<T>(assertion: () => T | Promise<T>): Promise<T> {
  return vi.waitFor(assertion, { timeout: 30_000, interval: 50 });
}
