import type { HealthAnswer } from "@banyan/rpc";
import { describe, expect, it } from "vitest";
import { listed, status, unreadable } from "../../testing/rows.ts";
import { HealthBoard } from "./health-board.ts";

const never = new AbortController().signal;

/** A board whose answers the test gives one by one. */
function questioned() {
  const questions: { readonly asked: string; readonly answer: (answer: HealthAnswer) => void }[] = [];
  const board = new HealthBoard((address, service) => {
    const { promise, resolve } = Promise.withResolvers<HealthAnswer>();
    questions.push({ asked: `${service} ${address}`, answer: resolve });
    return promise;
  });
  return { board, questions, asked: () => questions.map(({ asked }) => asked) };
}

describe("HealthBoard", () => {
  it("asks each instance for its own service, and resolves when all have answered", async () => {
    const { board, questions, asked } = questioned();
    const [user, order] = [listed("user", "a", "host:1"), listed("order", "a", "host:1")];
    const asking = board.ask([user, order], never);
    expect(asked()).toEqual(["user host:1", "order host:1"]);
    expect(board.answerOf(user)).toBeUndefined();
    questions[0]?.answer(status("SERVING"));
    questions[1]?.answer({ tag: "unknown service" });
    await asking;
    expect([board.answerOf(user), board.answerOf(order)]).toEqual([status("SERVING"), { tag: "unknown service" }]);
  });

  it("does not ask what has no address", async () => {
    const { board, questions } = questioned();
    const broken = unreadable("user", "b", "not UTF-8");
    await board.ask([broken], never);
    expect(questions).toEqual([]);
    expect(board.answerOf(broken)).toBeUndefined();
  });

  it("asks the others again while one is slow, and that one not twice", async () => {
    const { board, questions, asked } = questioned();
    const both = [listed("user", "slow", "host:1"), listed("user", "fast", "host:2")];
    const first = board.ask(both, never);
    questions[1]?.answer(status("SERVING"));
    await new Promise(setImmediate);
    const second = board.ask(both, never);
    expect(asked()).toEqual(["user host:1", "user host:2", "user host:2"]);
    questions[2]?.answer(status("NOT_SERVING"));
    await second;
    expect(both.map((instance) => board.answerOf(instance))).toEqual([undefined, status("NOT_SERVING")]);
    questions[0]?.answer(status("SERVING"));
    await first;
  });

  it("asks 64 at a time, over all rounds, and each of the others when one has answered", async () => {
    const { board, questions } = questioned();
    const many = Array.from({ length: 100 }, (_, index) => listed("user", `i${index}`, `host:${index + 1}`));
    const first = board.ask(many, never);
    const second = board.ask(many, never);
    expect(questions).toHaveLength(64);
    questions[0]?.answer(status("SERVING"));
    await new Promise(setImmediate);
    expect(questions).toHaveLength(65);
    for (let next = 1; next < 100; next++) {
      questions[next]?.answer(status("SERVING"));
      await new Promise(setImmediate);
    }
    await Promise.all([first, second]);
    expect(many.map((instance) => board.answerOf(instance))).toEqual(many.map(() => status("SERVING")));
  });

  it("forgets who is no longer listed", async () => {
    const board = new HealthBoard(async () => status("SERVING"));
    const gone = listed("user", "a", "host:1");
    await board.ask([gone], never);
    await board.ask([], never);
    expect(board.answerOf(gone)).toBeUndefined();
  });

  it("asks nothing more once it is given up", async () => {
    const { board, questions } = questioned();
    const controller = new AbortController();
    const many = Array.from({ length: 65 }, (_, index) => listed("user", `i${index}`, `host:${index + 1}`));
    const asking = board.ask(many, controller.signal);
    controller.abort();
    for (const { answer } of questions) answer({ tag: "no answer", reason: "given up" });
    await asking;
    expect(questions).toHaveLength(64);
  });
});
