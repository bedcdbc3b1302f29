import { describe, expect, it } from "vitest";
import { EtcdUnreachableError } from "./etcd.ts";
import { Member } from "./member.ts";
import { Members } from "./members.ts";

/** Members that are never dialled, and who of them was asked. */
function begin(count: number, random = 0) {
  const endpoints = Array.from({ length: count }, (_, index) => `http://127.0.0.1:${index + 1}`);
  const all = endpoints.map((endpoint) => new Member(endpoint, { endpoints }, 10_000));
  const members = new Members(all, random);
  const asked: number[] = [];
  const ask = (isUp: (index: number) => boolean) =>
    members.ask(async (member) => {
      const index = all.indexOf(member);
      asked.push(index);
      if (!isUp(index)) throw new EtcdUnreachableError("down");
      return index;
    });
  return { members, all, asked, ask };
}

describe("Members", () => {
  it.each([
    [0, 0],
    [0.5, 1],
    [0.999, 2],
  ])("begins, by lot, with any of them: %d", async (random, index) => {
    expect(await begin(3, random).ask(() => true)).toBe(index);
  });

  it("stays with the one that answers", async () => {
    const { ask, asked } = begin(3);
    for (let i = 0; i < 3; i++) await ask(() => true);
    expect(asked).toEqual([0, 0, 0]);
  });

  it("goes on to the next, and stays there", async () => {
    const { ask, asked } = begin(3);
    await ask((index) => index === 2);
    await ask((index) => index === 2);
    expect(asked).toEqual([0, 1, 2, 2]);
  });

  it("asks each once, and the first of them twice", async () => {
    const { ask, asked } = begin(3, 0.5);
    await expect(ask(() => false)).rejects.toThrow(EtcdUnreachableError);
    expect(asked).toEqual([1, 2, 0, 1]);
  });

  it("asks a single one twice", async () => {
    const { ask, asked } = begin(1);
    let calls = 0;
    expect(await ask(() => ++calls === 2)).toBe(0);
    expect(asked).toEqual([0, 0]);
  });

  it("does not go on after a refusal: another member would refuse it too", async () => {
    const { members, asked } = begin(2);
    const refusal = members.ask(async () => {
      asked.push(0);
      throw new Error("permission denied");
    });
    await expect(refusal).rejects.toThrow("permission denied");
    expect(asked).toEqual([0]);
  });

  it("leaves the member that is asked now, and no other", () => {
    const { members, all } = begin(2);
    expect(members.current).toBe(all[0]);
    members.leave(members.current);
    expect(members.current).toBe(all[1]);
    for (const member of all.slice(0, 1)) members.leave(member);
    expect(members.current).toBe(all[1]);
  });
});
