import { describe, expect, it } from "vitest";
import { redraw } from "./redraw.ts";

function drawn(size: { columns?: number; rows?: number }, ...frames: string[][]): string[] {
  const written: string[] = [];
  const draw = redraw({ ...size, write: (text) => written.push(text) });
  for (const frame of frames) draw(frame);
  return written;
}

describe("redraw", () => {
  it("goes back up over what it drew before and erases it", () => {
    expect(drawn({}, ["a", "b"], ["c"], ["d"])).toEqual([
      "\r\u001B[Ja\nb\n",
      "\r\u001B[2A\u001B[Jc\n",
      "\r\u001B[1A\u001B[Jd\n",
    ]);
  });

  it("cuts lines that would wrap, and as many as would scroll", () => {
    expect(drawn({ columns: 5, rows: 4 }, ["12345", "123456", "3"])).toEqual(["\r\u001B[J12345\n1234…\n3\n"]);
    expect(drawn({ rows: 4 }, ["1", "2", "3", "4"])).toEqual(["\r\u001B[J1\n2\n… 2 more lines\n"]);
  });
});
