import { expect, it } from "vitest";
import { formatDuration } from "./duration.ts";

const [second, minute, hour, day] = [1000, 60_000, 3_600_000, 86_400_000];

it.each([
  [-5 * second, "0 s"],
  [0, "0 s"],
  [minute - 1, "59 s"],
  [minute, "1 m 0 s"],
  [hour - 1, "59 m 59 s"],
  [hour, "1 h 0 m"],
  [day - 1, "23 h 59 m"],
  [day, "1 d 0 h"],
  [400 * day + 5 * hour, "400 d 5 h"],
])("%i ms are %s", (milliseconds, text) => {
  expect(formatDuration(milliseconds)).toBe(text);
});
