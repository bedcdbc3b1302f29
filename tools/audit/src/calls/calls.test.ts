import { describe, expect, it } from "vitest";
import { auditOf } from "../testing/fixture.ts";

describe("calls through Connect clients", () => {
  it("go to the module that serves the contract, however the client is handed on", async () => {
    const report = await auditOf({
      "src/user/routes.ts": `
        import type { ConnectRouter } from "@connectrpc/connect";
        import { UserService } from "./user_pb.ts";
        const rpc = { async getUser() { return {}; }, async listUsers() { return {}; } };
        export const routes = (router: ConnectRouter) => router.service(UserService, rpc);`,
      "src/user/user_pb.ts": `export const UserService = { typeName: "user.v1.UserService" };`,
      "src/order/users.ts": `
        import { createClient, type Client, type Transport } from "@connectrpc/connect";
        import { UserService } from "../user/user_pb.ts";
        export type UserClient = Client<typeof UserService>;
        export const openUsers = (transport: Transport) => createClient(UserService, transport);
        export class Directory { constructor(private readonly client: UserClient) {} get() { return this.client.getUser({}); } }`,
      "src/order/order.ts": `
        import { openUsers } from "./users.ts";
        export async function place(ids: string[], transport: any) {
          const users = openUsers(transport);
          for (const id of ids) await users.listUsers({ id });
          for await (const one of users.listUsers({})) ids.push(one);
        }`,
    });
    const edge = report.calls.find(({ from, to }) => from === "order" && to === "user");
    expect(edge).toMatchObject({ rpcs: 3, calls: 0 });
    expect(edge?.sites.filter(({ kind }) => kind === "rpc").map(({ target, inLoop }) => [target, inLoop])).toEqual([
      ["UserService.listUsers", true],
      ["UserService.listUsers", undefined],
      ["UserService.getUser", undefined],
    ]);
    expect(report.modules.find(({ name }) => name === "user")).toMatchObject({
      serves: ["UserService"],
      entryPoints: 2,
    });
    expect(report.plan.find(({ module }) => module === "user")?.contract).toEqual({
      kind: "existing",
      services: ["UserService"],
    });
  });

  it("go there too when the package of the contract cannot be read", async () => {
    const { calls } = await auditOf({
      "src/user/routes.ts": `
        import { UserService } from "@company/contracts";
        export const routes = (router: any) => router.service(UserService, { async getUser() { return {}; } });`,
      "src/order/order.ts": `
        import { createClient, type Client } from "@connectrpc/connect";
        import * as contracts from "@company/contracts";
        const typed = (client: Client<typeof contracts.UserService>) => client.getUser({});
        export const place = (transport: any) => createClient(contracts.UserService, transport).getUser({});`,
    });
    expect(calls).toMatchObject([{ from: "order", to: "user", rpcs: 2 }]);
  });
});

describe("calls", () => {
  it("are resolved through barrels, path mappings, constructors of classes and methods of a base class", async () => {
    const { calls } = await auditOf({
      "tsconfig.json": `{ "compilerOptions": { "paths": { "@app/*": ["./src/*"] } } }`,
      "src/a/index.ts": `export * from "./service.js";`,
      "src/a/service.ts": `
        abstract class Base { greet() { return this.name(); } abstract name(): string }
        export class Service extends Base { name() { return "s"; } }
        export default class Other { stay() {} }`,
      "src/b/b.ts": `
        import { Service } from "@app/a";
        import type { Service as Type } from "@app/a/service";
        export class B { constructor(private readonly service: Service, private readonly unused: Type) {}
          run() { return [this.service.greet(), new Service().name(), [1].map(() => this.service.name())]; } }`,
    });
    expect(calls).toMatchObject([{ from: "b", to: "a", calls: 3, imports: 1, typeImports: 1 }]);
    expect(calls[0]?.sites.map(({ target, inLoop }) => [target, inLoop]).slice(0, 3)).toEqual([
      ["Base.greet", undefined],
      ["Service.name", undefined],
      ["Service.name", true],
    ]);
  });

  it("make a cycle when they go around, and imports of types do not", async () => {
    const { cycles } = await auditOf({
      "src/a/a.ts": `import { b } from "../b/b.ts"; export function a() { return b(); }`,
      "src/b/b.ts": `import { c } from "../c/c.ts"; export function b(): unknown { return c(); }`,
      "src/c/c.ts": `import { a } from "../a/a.ts"; export function c(): unknown { return a(); }`,
      "src/d/d.ts": `import type { E } from "../e/e.ts"; export interface D { e: E }`,
      "src/e/e.ts": `import type { D } from "../d/d.ts"; export interface E { d: D }`,
    });
    expect(cycles).toMatchObject([
      {
        modules: ["a", "b", "c"],
        steps: [
          { from: "a", to: "b", line: 1 },
          { from: "b", to: "c" },
          { from: "c", to: "a" },
        ],
      },
    ]);
  });
});
