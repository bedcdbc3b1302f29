import { describe, expect, it } from "vitest";
import { errorFixture, type ErrorFixture } from "../testing/error-fixture.ts";
import { describeViolation } from "../violation.ts";
import { checkErrorsPage, errorsPage, renderErrorsPage } from "./errors-page.ts";

async function page(options: ErrorFixture = {}): Promise<string> {
  const { workspace, image } = errorFixture(options);
  return renderErrorsPage(workspace, image);
}

async function found(options: ErrorFixture): Promise<string[]> {
  const { workspace, image } = errorFixture(options);
  return (await checkErrorsPage(workspace, image)).map(describeViolation);
}

/** The cells of each row of all tables, one blank between them. */
function rowsOf(text: string): string[] {
  return text.split("\n").flatMap((line) => (line.startsWith("|") ? [line.replace(/ +/g, " ")] : []));
}

describe("the page of errors", () => {
  it("has a row for every reason: what it is, what to do, and which methods give it", async () => {
    expect(rowsOf(await page())).toEqual(
      expect.arrayContaining([
        "| `INVALID_INPUT` | `invalid` | INVALID_ARGUMENT | fix | | | GetTea | A field is wrong. |",
        "| `TEA_NOT_FOUND` | `not_found` | NOT_FOUND | fix | `tea_id` | tea | GetTea | No tea has this id. |",
      ]),
    );
  });

  it("has the rows of every table", async () => {
    expect(rowsOf(await page())).toEqual(
      expect.arrayContaining([
        "| fix | send another |",
        expect.stringMatching(/^\| `precondition` \| FAILED_PRECONDITION \| give up \| ErrorInfo; PreconditionFailure/),
        "| `unavailable` | UNAVAILABLE | retry elsewhere | `<dependency> is away` | RetryInfo: how long to wait |",
        "| SQLSTATE 40… | `undone` | rolled back |",
        "| network: EPIPE | `undone` | |",
        "| neighbour: CANCELLED | `unknown` | |",
      ]),
    );
  });

  it("is right as it was generated", async () => {
    expect(await found({ files: { [errorsPage]: await page() } })).toEqual([]);
  });

  it("is to be generated when it is missing", async () => {
    expect(await found({})).toEqual([expect.stringMatching(/^docs\/errors\.md:1 is not what /)]);
  });

  it("is to be generated again, from the first line that differs", async () => {
    const right = await page();
    const line = right.slice(0, right.indexOf("No tea has this id.")).split("\n").length;
    const edited = right.replace("No tea has this id.", "No idea.");
    expect(await found({ files: { [errorsPage]: edited } })).toEqual([
      `docs/errors.md:${line} is not what contracts, domains and tables say: run node tools/check/src/main.ts errors --write`,
    ]);
    expect(await found({ files: { [errorsPage]: right.slice(0, -1) } })).toHaveLength(1);
  });
});
