import { describe, expect, it } from "vitest";
import { readCode } from "./code.ts";

describe("readCode", () => {
  it("knows each service by its names, its calls and its ports", async () => {
    const { services } = await readCode();
    const told = services.map(({ project, name, calls, port, adminPort }) => ({
      project,
      name,
      calls,
      port,
      adminPort,
    }));
    expect(told).toContainEqual({
      project: "order-service",
      name: "order",
      calls: ["inventory", "user"],
      port: 50052,
      adminPort: 51052,
    });
  });

  it("knows which variables a service reads, which of them it needs, and what it refuses", async () => {
    const { services } = await readCode();
    const variables = services.find(({ name }) => name === "inventory")?.variables;
    expect([...(variables ?? [])].filter(([, { required }]) => required).map(([name]) => name)).toEqual([
      "DATABASE_URL",
    ]);
    expect(variables?.get("RESERVATION_SECONDS")?.standard).toBe(900);
    expect(variables?.get("RESERVATION_SECONDS")?.refusal("0")).toBe("expected an integer in [1, 86400]");
    expect(variables?.get("RESERVATION_SECONDS")?.refusal("60")).toBeUndefined();
  });
});
