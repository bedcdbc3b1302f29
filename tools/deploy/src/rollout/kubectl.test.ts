import { describe, expect, it } from "vitest";
import { standInKubectl } from "../testing/stand-in.ts";
import { KubectlError, openKubectl } from "./kubectl.ts";

describe("openKubectl", () => {
  it("gives a command its input, and answers with what it prints", async () => {
    expect(await openKubectl("cat").run([], { input: "a\nb\n" })).toBe("a\nb\n");
  });

  it("kills a command that takes too long, and says so", async () => {
    const late = openKubectl("sleep").run(["60"], { timeoutMs: 50 });
    await expect(late).rejects.toThrow(new KubectlError("kubectl 60: no answer within 0.05 s"));
  });

  it("says in one line what a command says of its failure, also when that does not read its input", async () => {
    await using standIn = await standInKubectl({ fails: "apply" });
    const refused = openKubectl(standIn.program).run(["apply"], { input: "x".repeat(1_000_000) });
    await expect(refused).rejects.toThrow("kubectl apply: error: this was made to fail; see above");
  });

  it("ends the program that forwards a port when it is given up", async () => {
    await using standIn = await standInKubectl({ port: 12345 });
    const forwarding = await openKubectl(standIn.program).forward(["deployment/a", ":50051"]);
    expect(forwarding.address).toBe("127.0.0.1:12345");
    await forwarding[Symbol.asyncDispose]();
    expect(await standIn.asked()).toEqual(["port-forward deployment/a :50051"]);
  });
});
