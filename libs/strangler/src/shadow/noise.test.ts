import { describe, expect, it } from "vitest";
import { Noise } from "./noise.ts";

/** Controls and comparisons, `per` of a hundred of which differ in `path`. */
function feed(
  noise: Noise,
  path: string,
  { controls = 0, compared = 0 },
  per: { noise: number; mismatch: number },
): void {
  for (let index = 0; index < controls; index++) noise.control("GetUser", index % 100 < per.noise ? [path] : []);
  for (let index = 0; index < compared; index++) noise.judge("GetUser", index % 100 < per.mismatch ? [path] : [], true);
}

const judged = (noise: Noise, ...paths: string[]) => noise.judge("GetUser", paths, true);

describe("Noise", () => {
  it("judges nothing before it has seen 20 control pairs of the method", () => {
    const noise = new Noise();
    for (let control = 0; control < 19; control++) noise.control("GetUser", []);
    for (let control = 0; control < 20; control++) noise.control("ListUsers", []);
    expect(noise.isLearning("GetUser")).toBe(true);
    expect(judged(noise, "name")).toEqual({ tag: "learning" });
    noise.control("GetUser", []);
    expect(noise.isLearning("GetUser")).toBe(false);
    expect(judged(noise, "name")).toEqual({ tag: "judged", mismatches: ["name"] });
  });

  it("judges at once where there are no control pairs", () => {
    expect(new Noise().judge("GetUser", ["name"], false)).toEqual({ tag: "judged", mismatches: ["name"] });
  });

  it("calls a field noise that differs in the control pairs as often as between the sides", () => {
    const noise = new Noise();
    feed(noise, "at", { controls: 20, compared: 10 }, { noise: 100, mismatch: 100 });
    expect(judged(noise, "at", "name")).toEqual({ tag: "judged", mismatches: ["name"] });
    expect(noise.fields()).toEqual([{ method: "GetUser", path: "at" }]);
  });

  it("calls a field a mismatch that differs far more often between the sides than in the control pairs", () => {
    const noise = new Noise();
    feed(noise, "stock", { controls: 200, compared: 1000 }, { noise: 1, mismatch: 10 });
    expect(judged(noise, "stock")).toEqual({ tag: "judged", mismatches: ["stock"] });
  });

  it("takes a single difference in a control pair for a write that came between", () => {
    const noise = new Noise();
    feed(noise, "name", { controls: 100 }, { noise: 1, mismatch: 0 });
    expect(judged(noise, "name")).toEqual({ tag: "judged", mismatches: ["name"] });
  });

  it("notices that a field has become a mismatch, and has not to learn again for it", () => {
    const noise = new Noise();
    feed(noise, "at", { controls: 1000, compared: 10_000 }, { noise: 20, mismatch: 20 });
    expect(judged(noise, "at")).toEqual({ tag: "judged", mismatches: [] });
    feed(noise, "at", { compared: 12_000 }, { noise: 0, mismatch: 100 });
    expect(judged(noise, "at")).toEqual({ tag: "judged", mismatches: ["at"] });
    expect(noise.isLearning("GetUser")).toBe(false);
  });

  it("has a bound, whatever it is told", () => {
    const noise = new Noise();
    for (let index = 0; index < 300; index++) {
      for (let control = 0; control < 20; control++) noise.control(`Method${index}`, [`field${control}`]);
      for (let control = 0; control < 20; control++) noise.control(`Method${index}`, [`field${control}`]);
    }
    expect(noise.fields()).toHaveLength(100);
  });
});
