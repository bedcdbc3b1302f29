import { UserService } from "@banyan/stubs-user";
import { createClient } from "@connectrpc/connect";
import { describe, expect, it } from "vitest";
import { openTransport } from "./clients/transport.ts";
import { newEmail } from "./contracts/samples.ts";
import { eventually } from "./platform/eventually.ts";
import { freePort } from "./platform/free-port.ts";
import { startPlatform } from "./platform/platform.ts";

describe("an instance of the user service", () => {
  it("is in etcd as host:port and nothing else, under a lease of 10 s, and gone at SIGTERM", async () => {
    await using platform = await startPlatform();
    const { registry } = platform;
    const first = await platform.start("user");
    const second = await platform.start("user", { environment: { ADVERTISE_ADDRESS: "user.internal:50051" } });
    const entries = await registry.list("/");
    expect(entries).toEqual([
      { key: `/services/user/${first.id}`, value: first.listening, lease: expect.stringMatching(/^[1-9]\d*$/) },
      { key: `/services/user/${second.id}`, value: "user.internal:50051", lease: expect.stringMatching(/^[1-9]\d*$/) },
    ]);
    expect(first.listening).toMatch(/^localhost:\d+$/);
    expect(new Set(entries.map(({ lease }) => lease)).size).toBe(2);
    for (const { lease } of entries) expect(await registry.grantedTtl(lease)).toBe(10);

    await first.stop();
    expect((await registry.list("/")).map(({ key }) => key)).toEqual([`/services/user/${second.id}`]);
  });

  it("starts without etcd, is not ready, and joins when etcd comes", async () => {
    await using platform = await startPlatform();
    const { etcd, registry } = platform;
    await etcd.stop();
    const adminPort = await freePort();
    const user = await platform.spawn("user", { environment: { ADMIN_PORT: String(adminPort) } });
    const address = await user.address();
    const probe = async (path: string): Promise<number> => {
      const response = await fetch(`http://localhost:${adminPort}${path}`, { signal: AbortSignal.timeout(2000) });
      await response.body?.cancel();
      return response.status;
    };
    expect([await probe("/healthz"), await probe("/readyz")]).toEqual([200, 503]);
    using transport = openTransport(address);
    const ada = { email: newEmail(), name: "Ada", password: "correct horse" };
    expect(await createClient(UserService, transport).createUser(ada)).toMatchObject({ success: true });

    await etcd.restart();
    await eventually(async () => expect(await probe("/readyz")).toBe(200), 15_000);
    expect(await registry.list("/services/user/")).toMatchObject([{ value: address }]);

    const details = async (): Promise<unknown> => (await fetch(`http://localhost:${adminPort}/readyz`)).json();
    const key = `/services/user/${user.id}`;
    const told = (announcement: object) => ({
      ready: true,
      details: { registry: { announcements: [{ key, ...announcement }], lists: [] } },
    });
    expect(await details()).toMatchObject(told({ state: "live" }));

    await etcd.stop();
    await eventually(async () => expect(await details()).toMatchObject(told({ state: "suspect" })));
    expect([await probe("/healthz"), await probe("/readyz")]).toEqual([200, 200]);
    expect(await user.stop()).toEqual({ code: 0, signal: null });
  });
});
