import { join } from "node:path";
import { text } from "node:stream/consumers";
import { startEtcd, startPostgres, startProgram } from "@banyan/dev";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { openFreshClone, type FreshClone } from "./testing/fresh-clone.ts";
import { listInstances, untilListed } from "./testing/listed-instances.ts";

// Names that nobody is likely to have given to a service of this workspace: the clone has those already.
const opened = new AsyncDisposableStack();
let clone: FreshClone;
beforeAll(async () => void (clone = opened.use(await openFreshClone())));
afterAll(() => opened.disposeAsync());

const checks = ["layers", "rooms", "layout", "lock", "contracts", "errors", "breaking"];

describe("npx nx g service, in a fresh clone", () => {
  it("shows with --dry-run what it would write, and writes nothing", async () => {
    const { code, output } = await clone.run("npx", "nx", "g", "service", "specimen", "--dry-run");
    expect(output).toContain("CREATE apps/specimen-service/src/main.ts");
    expect(output).toContain("UPDATE k8s/services/kustomization.yaml");
    expect(code).toBe(0);
    expect(await clone.changes()).toEqual([]);
  });

  it("refuses a name that is taken with a sentence, and writes nothing", async () => {
    const { code, output } = await clone.run("npx", "nx", "g", "service", "order");
    expect(output).toContain('"order" is taken: there is apps/order-service');
    expect(code).toBe(1);
    expect(await clone.changes()).toEqual([]);
  });

  it("writes the service, and adds it to the lists of all services", async () => {
    const { code, output } = await clone.run("npx", "nx", "g", "service", "specimen");
    expect(code, output).toBe(0);
    const folders = /^\?\? (apps\/specimen-service|k8s\/specimen-service|libs\/stubs\/specimen|proto\/specimen)\//;
    expect((await clone.changes()).filter((change) => !folders.test(change))).toEqual([
      " M docs/errors.md",
      " M k8s/overlays/dev/kustomization.yaml",
      " M k8s/postgres/databases",
      " M k8s/services/kustomization.yaml",
      " M package-lock.json",
    ]);
  });

  it("takes a name of two words", async () => {
    const { code, output } = await clone.run("npx", "nx", "g", "service", "pressed-leaf");
    expect(code, output).toBe(0);
  });
});

describe("a service as it was generated", () => {
  let written: readonly string[];
  beforeAll(async () => {
    written = (await clone.changes()).map((change) => change.slice("?? ".length));
    // What it changes of contracts is judged against the commit before.
    await clone.commit("two services");
  });

  it("passes every check of the workspace", async () => {
    const { output } = await clone.run("node", "tools/check/src/main.ts", ...checks);
    const told = output.split("\n").filter((line) => !line.startsWith("breaking: compared with "));
    expect(told).toEqual([...checks.map((check) => `${check}: nothing to mend`), ""]);
  });

  it("passes its own lint, types and tests, and is bundled", async () => {
    const projects = ["specimen-service", "stubs-specimen", "pressed-leaf-service", "stubs-pressed-leaf"];
    const targets = ["lint", "typecheck", "test", "build"];
    const names = projects.map((project) => `@banyan/${project}`).join();
    const { code, output } = await clone.run("nx", "run-many", "-t", ...targets, "-p", names, "--skip-nx-cache");
    expect(code, output).toBe(0);
    for (const project of ["specimen-service", "pressed-leaf-service"])
      for (const target of targets) expect(output).toContain(`nx run @banyan/${project}:${target}`);
  });

  it("is formatted, what it was added to included", async () => {
    const { code, output } = await clone.run("prettier", "--check", "--ignore-unknown", ...written);
    expect(code, output).toBe(0);
  });

  it("has manifests that render and are proved against the code", async () => {
    const { code, output } = await clone.run("vitest", "run", "--root", "tools/deploy", "src/proof/proof.test.ts");
    expect(code, output).toBe(0);
  });

  it("has a lock file by which npm ci installs", async () => {
    const { code, output } = await clone.run("npm", "ci", "--dry-run", "--offline", "--ignore-scripts");
    expect(code, output).toBe(0);
  });

  it("is served, found in etcd, called with buf curl, and leaves at SIGTERM", async () => {
    await using etcd = await startEtcd();
    await using postgres = await startPostgres();
    const variables = {
      ETCD_ENDPOINTS: etcd.endpoint,
      DATABASE_URL: await postgres.createDatabase("specimen_service"),
      PORT: "0",
    };
    const served = await startProgram({
      args: [join(clone.path, "node_modules/.bin/nx"), "serve", "specimen-service"],
      folder: clone.path,
      env: { ...clone.env, ...variables },
      stdio: "pipe",
      patienceSeconds: 20,
    });
    await using stack = new AsyncDisposableStack();
    stack.defer(async () => void (await served.stop()));
    const outputs = Promise.all(served.outputs.map(text));
    const ended = outputs.then((printed) => Promise.reject(new Error(`nx serve has ended: ${printed.join("\n")}`)));
    ended.catch(() => undefined);

    const address = await untilListed(etcd.endpoint, "specimen", ended);
    const method = `http://${address}/specimen.v1.SpecimenService`;
    const curl = ["curl", "--http2-prior-knowledge", "--protocol", "grpc", "-d"];
    const create = JSON.stringify({ request_id: "r-1", description: "The first one" });
    const created = await clone.run("buf", ...curl, create, `${method}/CreateSpecimen`);
    expect(created.code, created.output).toBe(0);
    const { specimen }: { readonly specimen: { readonly specimenId: string } } = JSON.parse(created.output);
    expect(specimen).toEqual({ specimenId: expect.stringMatching(/^[0-9a-f-]{36}$/), description: "The first one" });
    const get = JSON.stringify({ specimen_id: specimen.specimenId });
    const read = await clone.run("buf", ...curl, get, `${method}/GetSpecimen`);
    expect(JSON.parse(read.output)).toEqual({ specimen });

    expect(await served.stop()).toBe("stopped");
    expect(await listInstances(etcd.endpoint, "specimen")).toEqual([]);
  });
});
