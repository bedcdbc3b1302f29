import { afterEach, beforeEach, describe, expect, it, vi } from "vitest";
import { QuorumCheck } from "./quorum-check.ts";

beforeEach(() => void vi.useFakeTimers());
afterEach(() => void vi.useRealTimers());

function begin(read: (key: Buffer) => Promise<string> = async () => "cluster") {
  const reading = vi.fn(read);
  const check = new QuorumCheck(10_000, reading);
  const follow = (name: string) => {
    const news: string[] = [];
    const failed = (error: unknown): unknown => news.push(String(error));
    const confirmed = (clusterId: string): unknown => news.push(clusterId);
    const unfollow = check.follow({ key: Buffer.from(name), confirmed, failed });
    return { news, unfollow };
  };
  return { reading, follow };
}

describe("QuorumCheck", () => {
  it("asks once for all who follow, and tells them", async () => {
    const { reading, follow } = begin();
    const followers = [follow("/a"), follow("/b")];
    await vi.advanceTimersByTimeAsync(9999);
    expect(reading).not.toHaveBeenCalled();
    await vi.advanceTimersByTimeAsync(1);
    expect(reading).toHaveBeenCalledExactlyOnceWith(Buffer.from("/a"));
    for (const { news } of followers) expect(news).toEqual(["cluster"]);
    await vi.advanceTimersByTimeAsync(20_000);
    expect(reading).toHaveBeenCalledTimes(3);
  });

  it("tells all who followed when it asked that there was no answer", async () => {
    const { follow } = begin(() => Promise.reject(new Error("no quorum")));
    const followers = [follow("/a"), follow("/b")];
    await vi.advanceTimersByTimeAsync(10_000);
    for (const { news } of followers) expect(news).toEqual(["Error: no quorum"]);
  });

  it("asks nobody when nobody follows, and leaves no timer behind", async () => {
    const answer = Promise.withResolvers<string>();
    const { reading, follow } = begin(() => answer.promise);
    const { news, unfollow } = follow("/a");
    await vi.advanceTimersByTimeAsync(10_000);
    unfollow();
    answer.resolve("cluster");
    await vi.advanceTimersByTimeAsync(60_000);
    expect(reading).toHaveBeenCalledTimes(1);
    expect(news).toEqual([]);
    expect(vi.getTimerCount()).toBe(0);
  });

  it("goes on for the next one who follows, with one timer", async () => {
    const { reading, follow } = begin();
    follow("/a").unfollow();
    follow("/b");
    await vi.advanceTimersByTimeAsync(10_000);
    expect(reading).toHaveBeenCalledExactlyOnceWith(Buffer.from("/b"));
    expect(vi.getTimerCount()).toBe(1);
  });
});
