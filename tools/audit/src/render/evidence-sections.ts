import type { Report } from "../report.ts";
import { at, type Section } from "./section.ts";
import { counted } from "./summary.ts";

export function hot(hot: NonNullable<Report["hot"]>): Section {
  const percent = (ms: number): string => `${((ms / hot.totalMs) * 100).toFixed(1)} %`;
  return {
    title: "Hot functions",
    about: `By self time in ${hot.profile}: ${Math.round(hot.totalMs)} ms in all, ${percent(hot.elsewhereMs)} of it outside of the sources (Node, packages, idle). By module: ${hot.modules.map(({ name, selfMs }) => `${name} ${percent(selfMs)}`).join(", ")}.`,
    none: "No frame of the profile is in the sources: profile the sources, not what they are compiled to.",
    columns: ["function", "where", "module", "self ms", "share"],
    rows: hot.functions.map((one) => [one.name, at(one), one.module, one.selfMs.toFixed(1), percent(one.selfMs)]),
  };
}

export function history({ commits, leftOut, since, modules, files }: NonNullable<Report["history"]>): Section[] {
  const rows = (pairs: typeof modules): string[][] =>
    pairs.slice(0, 30).map(({ pair, together, share }) => [...pair, String(together), `${Math.round(share * 100)} %`]);
  const columns = ["one", "other", "commits", "of the commits of the rarer"];
  return [
    {
      title: "Modules that change together",
      about: `Of ${counted(commits, "commit")} since ${since || "ever"}; ${leftOut} more changed too many files at once to tell anything.`,
      none: "No two modules changed together three times.",
      columns,
      rows: rows(modules),
    },
    {
      title: "Files of different modules that change together",
      about: "Likewise.",
      none: "None three times.",
      columns,
      rows: rows(files),
    },
  ];
}

export function unread({ notUnderstood }: Report): Section {
  return {
    title: "Not understood",
    about: "Seen, and no part of the figures above: look here for yourself.",
    none: "Everything that was seen was understood.",
    columns: ["where", "what", "why", "text"],
    rows: notUnderstood.slice(0, 200).map((one) => [at(one), one.what, one.why, one.text]),
  };
}

export function skipped({ skipped }: Report): Section {
  const folders = Object.entries(skipped.folders).map(([rule, count]) => [`folders: ${rule}`, String(count), ""]);
  return {
    title: "Left out",
    about: "What was not read, and files with errors of syntax, of which was read what could be.",
    none: "",
    columns: ["what", "how many", "which"],
    rows: [
      ...folders,
      ["tests", String(skipped.tests), ""],
      ["declarations (.d.ts)", String(skipped.declarations), ""],
      ["JavaScript", String(skipped.javascript), ""],
      ["symbolic links", String(skipped.symlinks), ""],
      ["generated, by their first lines", String(skipped.generated.length), skipped.generated.slice(0, 20).join("\n")],
      ["larger than 1 MiB", String(skipped.tooLarge.length), skipped.tooLarge.join("\n")],
      [
        "with errors of syntax",
        String(skipped.unparsable.length),
        skipped.unparsable.map((one) => `${at(one)} ${one.message}`).join("\n"),
      ],
    ],
  };
}
