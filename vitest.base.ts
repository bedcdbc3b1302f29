import { defineConfig, type ViteUserConfig } from "vitest/config";

/**
 * The vitest configuration that every project shares: tests stand beside the code as `*.test.ts`, and a JSON report is
 * left in `.report/` for the count at the end of `npm test`.
 *
 * Most tests have real servers and real time, on machines that do something else as well: a test that fails is tried once
 * more. One that passes then is named at the end of `npm test`, with why it did not at first.
 */
export function projectTests(test: ViteUserConfig["test"] = {}): ViteUserConfig {
  return defineConfig({
    test: {
      include: ["src/**/*.test.ts"],
      reporters: ["default", "json"],
      outputFile: { json: ".report/vitest.json" },
      testTimeout: 20_000,
      hookTimeout: 60_000,
      retry: 1,
      ...test,
    },
  });
}
