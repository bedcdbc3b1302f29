import { cut } from "./table.ts";
import type { Screen } from "./terminal.ts";

/**
 * Draws lines on a terminal in the place of those that it drew before. What does not fit is cut, since a line that wraps
 * or scrolls would stay behind.
 *
 * @returns a function that draws
 */
export function redraw(screen: Screen): (lines: readonly string[]) => void {
  let drawn = 0;
  return (lines) => {
    const { columns = 80, rows = 24 } = screen;
    const room = Math.max(1, rows - 1);
    const shown =
      lines.length <= room ? lines : [...lines.slice(0, room - 1), `… ${lines.length - room + 1} more lines`];
    const up = drawn === 0 ? "" : `\u001B[${drawn}A`;
    screen.write(`\r${up}\u001B[J${shown.map((line) => `${cut(line, columns)}\n`).join("")}`);
    drawn = shown.length;
  };
}
