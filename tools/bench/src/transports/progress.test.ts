import { describe, expect, it } from "vitest";
import { openProgress } from "./progress.ts";

function streamOf(isTTY: boolean) {
  const written: string[] = [];
  return { written, stream: { isTTY, columns: 10, write: (text: string) => written.push(text) > 0 } };
}

describe("openProgress", () => {
  it("has one line on a terminal, no longer than it is wide, and clears it at the end", () => {
    const { written, stream } = streamOf(true);
    {
      using progress = openProgress(stream);
      progress.say("0123456789abc");
    }
    expect(written).toEqual(["\r\u001b[K012345678", "\r\u001b[K"]);
  });

  it("writes line by line elsewhere", () => {
    const { written, stream } = streamOf(false);
    openProgress(stream).say("0123456789abc");
    expect(written).toEqual(["0123456789abc\n"]);
  });
});
