import { mkdir, mkdtempDisposable, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { dirname, join } from "node:path";
import { describe, expect, it } from "vitest";
import { findServices } from "./services.ts";

async function checkoutWith(files: Readonly<Record<string, string>>) {
  const folder = await mkdtempDisposable(join(tmpdir(), "banyan-services-"));
  for (const [path, text] of Object.entries(files)) {
    await mkdir(join(folder.path, dirname(path)), { recursive: true });
    await writeFile(join(folder.path, path), text);
  }
  return folder;
}

const config = (port: number | string) => `export const environment = { ...serverEnvironment({ port: ${port} }) };\n`;

describe("findServices", () => {
  it("finds each service with its port, in the order of the ports", async () => {
    await using checkout = await checkoutWith({
      "apps/gift-card-service/src/config.ts": config(50054),
      "apps/user-service/src/config.ts": config(50051),
    });
    expect(await findServices(checkout.path)).toEqual([
      { name: "user", app: "user-service", port: 50051 },
      { name: "gift-card", app: "gift-card-service", port: 50054 },
    ]);
  });

  it("takes no other app for a service", async () => {
    await using checkout = await checkoutWith({
      "apps/user-service/src/config.ts": config(50051),
      "apps/monolith/src/config.ts": config(50050),
      "apps/e2e/package.json": "{}",
    });
    expect(await findServices(checkout.path)).toEqual([{ name: "user", app: "user-service", port: 50051 }]);
  });

  it("names a service whose port cannot be told", async () => {
    await using checkout = await checkoutWith({ "apps/a-service/src/config.ts": config("PORT") });
    await expect(findServices(checkout.path)).rejects.toThrow(
      /^apps\/a-service\/src\/config\.ts does not say the port: /,
    );
  });

  it("names two services that have the same port, as two branches may have given it", async () => {
    await using checkout = await checkoutWith({
      "apps/a-service/src/config.ts": config(50054),
      "apps/b-service/src/config.ts": config(50054),
    });
    await expect(findServices(checkout.path)).rejects.toThrow("a-service and b-service both have port 50054");
  });
});
