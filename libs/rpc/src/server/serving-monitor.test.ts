import { afterEach, beforeEach, describe, expect, it, vi } from "vitest";
import { capturedLog } from "../testing/captured-log.ts";
import { ServingMonitor } from "./serving-monitor.ts";

beforeEach(() => void vi.useFakeTimers());
afterEach(() => void vi.useRealTimers());

const ms = (count: number) => vi.advanceTimersByTimeAsync(count);

/** A monitor whose answers the test gives one by one. */
function questioned() {
  const questions: PromiseWithResolvers<void>[] = [];
  const captured = capturedLog();
  const healthy = (): Promise<void> => {
    const question = Promise.withResolvers<void>();
    questions.push(question);
    return question.promise;
  };
  const monitor = new ServingMonitor({ healthy, log: captured.log });
  return { questions, monitor, ...captured };
}

describe("ServingMonitor", () => {
  it("is NOT_SERVING before the first answer", () => {
    expect(questioned().monitor.status).toBe("NOT_SERVING");
  });

  it("serves after a good answer, and asks again a second later", async () => {
    const { monitor, questions } = questioned();
    const started = monitor.start();
    questions[0]?.resolve();
    await started;
    expect(monitor.status).toBe("SERVING");
    await ms(999);
    expect(questions).toHaveLength(1);
    await ms(1);
    expect(questions).toHaveLength(2);
    monitor.stop();
  });

  it("starts, NOT_SERVING, on a bad answer, and says why", async () => {
    const { monitor, questions, records } = questioned();
    const started = monitor.start();
    questions[0]?.reject(new Error("database is starting"));
    await started;
    expect(monitor.status).toBe("NOT_SERVING");
    expect(records()).toEqual([
      expect.objectContaining({ level: "warn", error: expect.objectContaining({ message: "database is starting" }) }),
    ]);
    monitor.stop();
  });

  it("takes a question that throws for a bad answer", async () => {
    const { log } = capturedLog();
    const healthy = (): Promise<void> => {
      throw new Error("broken");
    };
    const monitor = new ServingMonitor({ healthy, log });
    await monitor.start();
    expect(monitor.status).toBe("NOT_SERVING");
    monitor.stop();
  });

  it("starts when the first answer takes longer than a second, and waits for it before it asks again", async () => {
    const { monitor, questions } = questioned();
    const started = monitor.start();
    await ms(1000);
    await started;
    expect(monitor.status).toBe("NOT_SERVING");
    await ms(10_000);
    expect(questions).toHaveLength(1);
    questions[0]?.resolve();
    await ms(0);
    expect(monitor.status, "a late answer does not count").toBe("NOT_SERVING");
    await ms(1000);
    questions[1]?.resolve();
    await ms(0);
    expect(monitor.status).toBe("SERVING");
    monitor.stop();
  });

  it("tells followers each change", async () => {
    const { monitor, questions } = questioned();
    const seen: string[] = [];
    const ended = new AbortController();
    const following = (async () => {
      for await (const status of monitor.follow(ended.signal)) seen.push(status);
    })();
    void monitor.start();
    await ms(0);
    for (const answer of ["resolve", "resolve", "reject", "reject", "resolve"] as const) {
      questions.at(-1)?.[answer]();
      await ms(1000);
    }
    expect(seen).toEqual(["NOT_SERVING", "SERVING", "NOT_SERVING", "SERVING"]);
    monitor.stop();
    await ms(0);
    expect(seen.at(-1)).toBe("NOT_SERVING");
    ended.abort();
    await expect(following).rejects.toThrow("aborted");
  });

  it("tells listeners at once whether it serves, each change after that, and nothing once they have ended it", async () => {
    const { monitor, questions } = questioned();
    const seen: boolean[] = [];
    const end = monitor.watchServing((serving) => seen.push(serving));
    expect(seen).toEqual([false]);
    void monitor.start();
    await ms(0);
    for (const answer of ["reject", "resolve", "resolve", "reject", "resolve"] as const) {
      questions.at(-1)?.[answer]();
      await ms(1000);
    }
    expect(seen).toEqual([false, true, false, true]);
    const late: boolean[] = [];
    monitor.watchServing((serving) => late.push(serving));
    end();
    monitor.stop();
    expect(seen).toHaveLength(4);
    expect(late).toEqual([true, false]);
  });

  it("logs what a listener throws, and tells the others", async () => {
    const { monitor, questions, records } = questioned();
    const seen: boolean[] = [];
    monitor.watchServing(() => {
      throw new Error("deaf");
    });
    monitor.watchServing((serving) => seen.push(serving));
    void monitor.start();
    questions[0]?.resolve();
    await ms(0);
    expect(seen).toEqual([false, true]);
    expect(records().filter(({ level }) => level === "error")).toHaveLength(2);
    monitor.stop();
  });

  it("stays NOT_SERVING once it is stopped, and asks no more", async () => {
    const { monitor, questions } = questioned();
    void monitor.start();
    monitor.stop();
    questions[0]?.resolve();
    await ms(5000);
    expect(monitor.status).toBe("NOT_SERVING");
    expect(questions).toHaveLength(1);
    expect(vi.getTimerCount()).toBe(0);
  });
});
