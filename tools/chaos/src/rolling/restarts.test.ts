import { describe, expect, it } from "vitest";
import { goingDown, restartAll, type Restart } from "./restarts.ts";
import type { StartOptions } from "./platform.ts";
import { sourcesOf, type Seat, type Service, type ServiceInstance } from "./service-instance.ts";

const someSeat: Seat = { port: 1, adminPort: 2 };

/** A platform that only writes down what is done to it. */
function scriptedPlatform() {
  const running: ServiceInstance[] = [];
  const deeds: string[] = [];
  let started = 0;
  const start = async (service: Service, { seat = someSeat }: StartOptions = {}): Promise<ServiceInstance> => {
    const name = `${service}-${++started}`;
    const instance = {
      service,
      release: sourcesOf(service),
      name,
      seat,
      stop: async () => undefined,
      [Symbol.asyncDispose]: async () => undefined,
    };
    running.push(instance);
    deeds.push(`start ${name} at ${seat.port}`);
    return instance;
  };
  const stop = async (instance: ServiceInstance): Promise<void> => {
    running.splice(running.indexOf(instance), 1);
    deeds.push(`stop ${instance.name}`);
  };
  return { running, deeds, start, stop };
}

describe("restartAll", () => {
  it("restarts everybody, one after the other: with the new one first, then in place", async () => {
    const platform = scriptedPlatform();
    await platform.start("user");
    await platform.start("order");
    platform.deeds.length = 0;
    const stopping = new AbortController();
    const restarts: Restart[] = [];
    const onRestart = (restart: Restart): void => {
      restarts.push(restart);
      if (restarts.length === 3) stopping.abort();
    };
    await restartAll(platform, { stopping: stopping.signal, onRestart });
    expect(platform.deeds.map((deed) => deed.replace(/at \d+/, "at its port"))).toEqual([
      "start user-3 at its port",
      "stop user-1",
      "start order-4 at its port",
      "stop order-2",
      "stop user-3",
      "start user-5 at its port",
      "stop order-4",
      "start order-6 at its port",
    ]);
    expect(restarts.map(({ name, manner }) => [name, manner])).toEqual([
      ["user-1", "surge"],
      ["order-2", "surge"],
      ["user-3", "in place"],
      ["order-4", "in place"],
    ]);
  });
});

describe("goingDown", () => {
  const restart: Restart = { name: "user-1", manner: "surge", stoppingAt: 1000, endedAt: 2000 };

  it("names who was going down while a call was under way, and for how long already", () => {
    expect(goingDown([restart], 900, 1250)).toBe("user-1 (surge, 0.25 s after its SIGTERM)");
    expect(goingDown([restart], 100, 900)).toBe("nobody");
    expect(goingDown([restart], 2100, 2200)).toBe("nobody");
  });
});
