import { describe, expect, it } from "vitest";
import { Balancer, strategies, type BalancedInstance, type BalancerPolicy, type Picked } from "./index.ts";
import { seededRandom } from "./testing/seeded-random.ts";

function balancer(ids: string, policy: BalancerPolicy = {}) {
  const clock = { now: 0 };
  const ejected: string[] = [];
  const subject = new Balancer<BalancedInstance>({
    ...policy,
    now: () => clock.now,
    random: seededRandom(1),
    onEjection: (id) => void ejected.push(id),
  });
  subject.update(listOf(ids));
  return { subject, clock, ejected };
}

const listOf = (ids: string) => Array.from(ids, (id) => ({ id }));

function pickedFrom(subject: Balancer<BalancedInstance>, request?: { key?: string; exclude?: ReadonlySet<string> }) {
  const picked = subject.pick(request);
  if (picked === undefined) throw new Error("nobody was picked");
  return picked;
}

/** Everybody who is picked in so many calls that succeed at once. */
function pickedIn(subject: Balancer<BalancedInstance>, calls: number): string {
  const ids = Array.from({ length: calls }, () => {
    const picked = pickedFrom(subject);
    picked.done("success");
    return picked.instance.id;
  });
  return [...new Set(ids)].toSorted().join("");
}

/** Lets calls to one instance fail, whatever the balancer thinks of the others. */
function fail(subject: Balancer<BalancedInstance>, id: string, times: number): void {
  const exclude = new Set(subject.instances.map((instance) => instance.id).filter((other) => other !== id));
  for (let time = 0; time < times; time++) pickedFrom(subject, { exclude }).done("failure");
}

const statusOf = (subject: Balancer<BalancedInstance>, id: string) =>
  subject.status().find((status) => status.id === id);

describe.each(strategies)("%s", (strategy) => {
  it("picks everybody in the end, and nobody where there is nobody", () => {
    expect(pickedIn(balancer("abc", { strategy }).subject, 100)).toBe("abc");
    expect(balancer("", { strategy }).subject.pick()).toBeUndefined();
  });

  it("picks each instance that is not excluded, and then nobody", () => {
    const { subject } = balancer("abcdefghijklmnopqrst", { strategy });
    for (const key of [undefined, "some key"]) {
      const exclude = new Set<string>();
      for (let left = 20; left > 0; left--) {
        const { instance } = pickedFrom(subject, { ...(key !== undefined && { key }), exclude });
        expect(exclude.has(instance.id)).toBe(false);
        exclude.add(instance.id);
      }
      expect(subject.pick({ ...(key !== undefined && { key }), exclude })).toBeUndefined();
    }
  });

  it("leaves an instance that is unhealthy alone, until all others are excluded", () => {
    const { subject } = balancer("abc", { strategy });
    subject.setHealthy("b", false);
    expect(pickedIn(subject, 100)).toBe("ac");
    expect(pickedFrom(subject, { exclude: new Set("ac") }).instance.id).toBe("b");
  });

  it("ejects an instance after five failures, says so, and takes it back 10 s later", () => {
    const { subject, clock, ejected } = balancer("abc", { strategy });
    fail(subject, "b", 5);
    expect(ejected).toEqual(["b"]);
    clock.now = 9999;
    expect(pickedIn(subject, 100)).toBe("ac");
    clock.now = 10_000;
    expect(pickedIn(subject, 200)).toBe("abc");
  });

  it("keeps to its list", () => {
    const { subject } = balancer("abc", { strategy });
    subject.update(listOf("bd"));
    expect(pickedIn(subject, 300)).toBe("bd");
    subject.update([]);
    expect(subject.pick()).toBeUndefined();
  });
});

describe("a pick", () => {
  it("is in flight until it is done, once", () => {
    const { subject } = balancer("a");
    const calls = [pickedFrom(subject), pickedFrom(subject)] satisfies Picked<BalancedInstance>[];
    expect(statusOf(subject, "a")).toMatchObject({ inFlight: 2, waiting: 2 });
    for (const outcome of ["success", "failure", "neutral"] as const) calls[0]?.done(outcome);
    calls[0]?.answered();
    expect(statusOf(subject, "a")).toMatchObject({ inFlight: 1, waiting: 1, failureShare: 0 });
  });

  it("measures latency by the clock it was given", () => {
    const { subject, clock } = balancer("a");
    const picked = pickedFrom(subject);
    clock.now = 25;
    picked.done("success");
    expect(statusOf(subject, "a")?.latencyMs).toBe(25);
  });

  it("of a stream measures it at the first answer, and not at the end", () => {
    const { subject, clock } = balancer("a");
    const picked = pickedFrom(subject);
    clock.now = 25;
    picked.answered();
    picked.answered();
    expect(statusOf(subject, "a")).toMatchObject({ inFlight: 1, waiting: 0, latencyMs: 25 });
    clock.now = 10_000;
    picked.done("success");
    expect(statusOf(subject, "a")).toMatchObject({ inFlight: 0, waiting: 0, latencyMs: 25 });
  });

  it.each(["neutral", "failure"] as const)("that ends %s never lowers the latency, but raises it", (outcome) => {
    const { subject, clock } = balancer("a");
    const [slow, endless] = [pickedFrom(subject), pickedFrom(subject)];
    clock.now = 100;
    slow.done("success");
    const quick = pickedFrom(subject);
    clock.now = 101;
    quick.done(outcome);
    expect(statusOf(subject, "a")?.latencyMs).toBe(100);
    clock.now = 5000;
    endless.done(outcome);
    expect(statusOf(subject, "a")?.latencyMs).toBe(5000);
  });

  it("that ends neutral says nothing of health", () => {
    const { subject } = balancer("ab");
    for (let time = 0; time < 20; time++) pickedFrom(subject, { exclude: new Set("b") }).done("neutral");
    expect(statusOf(subject, "a")).toMatchObject({ failureShare: 0, ejectedUntilMs: undefined });
  });

  it("that outlives its instance's listing changes nothing", () => {
    const { subject } = balancer("abc");
    const picks = Array.from({ length: 5 }, () => pickedFrom(subject, { exclude: new Set("bc") }));
    subject.update(listOf("bc"));
    subject.update(listOf("abc"));
    for (const picked of picks) picked.done("failure");
    expect(statusOf(subject, "a")).toMatchObject({ inFlight: 0, failureShare: 0, ejectedUntilMs: undefined });
  });
});

describe("update", () => {
  it("keeps what is known of those who stay, and takes what is new of them", () => {
    const { subject, clock } = balancer("ab");
    const picked = pickedFrom(subject, { exclude: new Set("b") });
    clock.now = 40;
    picked.done("success");
    subject.update([{ id: "a", weight: 30, zone: "z" }, { id: "c" }]);
    expect(statusOf(subject, "a")).toMatchObject({ latencyMs: 40, weight: 30, zone: "z" });
    expect(subject.instances).toEqual([{ id: "a", weight: 30, zone: "z" }, { id: "c" }]);
  });

  it("takes the last of several with one id", () => {
    const { subject } = balancer("");
    subject.update([{ id: "a", weight: 1 }, { id: "b" }, { id: "a", weight: 2 }]);
    expect(subject.instances).toEqual([{ id: "a", weight: 2 }, { id: "b" }]);
  });

  it("lets a newcomer's share grow from a tenth, in 10 s", () => {
    const { subject, clock } = balancer("a");
    subject.update(listOf("ab"));
    const shareAt = (now: number) => {
      clock.now = now;
      return statusOf(subject, "b")?.share;
    };
    expect(shareAt(0)).toBeCloseTo(0.1 / 1.1, 6);
    expect(shareAt(5000)).toBeCloseTo(0.5 / 1.5, 6);
    expect(shareAt(10_000)).toBeCloseTo(0.5, 6);
  });

  it.each([
    ["the first list", "", "ab"],
    ["a list of others only", "xy", "ab"],
  ])("spares the instances of %s a slow start", (_, before, after) => {
    const { subject } = balancer(before);
    subject.update([...listOf(after), { id: "big", weight: 20 }]);
    expect(subject.status().map(({ share }) => share)).toEqual([0.25, 0.25, 0.5]);
  });

  it("calls only the subset, and keeps to it by id", () => {
    const ids = "abcdefghijklmnopqrstuvwxyz";
    const { subject } = balancer(ids, { subset: { clientId: "me", size: 5 } });
    const before = subject.instances.map(({ id }) => id).join("");
    expect(before).toHaveLength(5);
    expect(pickedIn(subject, 500)).toBe(before);
    subject.update(listOf(ids.toUpperCase() + before));
    expect(subject.instances).toHaveLength(5);
  });
});

describe("setHealthy", () => {
  it("brings an instance back by a slow start", () => {
    const { subject, clock } = balancer("ab");
    subject.setHealthy("a", false);
    expect(subject.status().map(({ share }) => share)).toEqual([0, 1]);
    clock.now = 1000;
    subject.setHealthy("a", true);
    expect(statusOf(subject, "a")?.share).toBeCloseTo(0.1 / 1.1, 6);
  });

  it("ends an ejection when the check saw the fault come and go", () => {
    const { subject } = balancer("ab");
    fail(subject, "a", 5);
    subject.setHealthy("a", false);
    subject.setHealthy("a", true);
    expect(statusOf(subject, "a")?.ejectedUntilMs).toBeUndefined();
  });

  it("does not end an ejection for a fault that the check never saw", () => {
    const { subject } = balancer("ab");
    fail(subject, "a", 5);
    subject.setHealthy("a", true);
    expect(statusOf(subject, "a")?.ejectedUntilMs).toBe(10_000);
  });

  it("passes over an instance that it does not know", () => {
    const { subject } = balancer("ab");
    subject.setHealthy("z", false);
    expect(pickedIn(subject, 100)).toBe("ab");
  });
});

describe("panic", () => {
  it.each([
    ["ab", "a", "b"],
    ["ab", "ab", "ab"],
    ["a", "a", "a"],
    ["abc", "a", "bc"],
    ["abc", "ab", "abc"],
    ["abcd", "ab", "cd"],
    ["abcd", "abc", "abcd"],
  ])("of %s, with %s unhealthy, %s are called", (ids, unhealthy, called) => {
    const { subject } = balancer(ids, { strategy: "round_robin" });
    for (const id of unhealthy) subject.setHealthy(id, false);
    expect(pickedIn(subject, 100)).toBe(called);
  });

  it("comes later where it is told so, and with nobody left at any rate", () => {
    const { subject } = balancer("abc", { strategy: "round_robin", panicPercent: 100 });
    for (const id of "ab") subject.setHealthy(id, false);
    expect(pickedIn(subject, 100)).toBe("c");
    subject.setHealthy("c", false);
    expect(pickedIn(subject, 100)).toBe("abc");
  });
});

describe("zones", () => {
  const fleet = Array.from("aabb", (zone, index) => ({ id: `${zone}${index}`, zone }));

  it("keeps calls in the own zone while it can take them, and goes elsewhere for those who are excluded", () => {
    const { subject } = balancer("", { zone: "a" });
    subject.update(fleet);
    expect(pickedIn(subject, 100)).toBe("a0a1");
    expect(pickedFrom(subject, { exclude: new Set(["a0", "a1"]) }).instance.zone).toBe("b");
  });

  it("asks everybody when only one of the own zone is left", () => {
    const { subject } = balancer("", { zone: "a" });
    subject.update(fleet);
    subject.setHealthy("a0", false);
    expect(pickedIn(subject, 100)).toBe("a1b2b3");
  });

  it("does not move the home of a key", () => {
    const homes = ["a", "b"].map((zone) => {
      const { subject } = balancer("", { zone, strategy: "rendezvous" });
      subject.update(fleet);
      return Array.from("0123456789", (key) => pickedFrom(subject, { key }).instance.id);
    });
    expect(homes[0]).toEqual(homes[1]);
  });
});

describe("configure", () => {
  it("takes another policy and keeps what is known", () => {
    const { subject, clock } = balancer("ab");
    const picked = pickedFrom(subject, { exclude: new Set("b") });
    clock.now = 40;
    picked.done("success");
    subject.configure({ strategy: "round_robin" });
    expect(statusOf(subject, "a")?.latencyMs).toBe(40);
    expect(Array.from({ length: 4 }, () => pickedFrom(subject).instance.id).join("")).toMatch(/^(abab|baba)$/);
  });

  it("refuses one that is out of bounds, and stays with the one before", () => {
    const { subject } = balancer("ab", { slowStartMs: 1000 });
    const message = "slowStartMs: expected a number in [0, 3600000], got -1";
    expect(() => subject.configure({ strategy: "round_robin", slowStartMs: -1 })).toThrow(new RangeError(message));
    expect(pickedIn(subject, 100)).toBe("ab");
  });

  it("brings the ejected back when ejection is turned off", () => {
    const { subject } = balancer("abc");
    fail(subject, "a", 5);
    expect(statusOf(subject, "a")?.share).toBe(0);
    subject.configure({ ejection: false });
    expect(statusOf(subject, "a")?.share).toBeGreaterThan(0);
    fail(subject, "a", 50);
    expect(statusOf(subject, "a")?.ejectedUntilMs).toBeUndefined();
  });

  it("grows and shrinks the subset from what was listed", () => {
    const { subject } = balancer("abcdef", { subset: { clientId: "me", size: 2 } });
    expect(subject.instances).toHaveLength(2);
    subject.configure({});
    expect(subject.instances).toHaveLength(6);
  });
});
