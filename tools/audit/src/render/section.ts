import type { Place } from "../report.ts";

export interface Section {
  readonly title: string;
  /** A sentence or two on what it tells. */
  readonly about: string;
  /** What stands there when there are no rows. */
  readonly none: string;
  readonly columns: readonly string[];
  readonly rows: readonly (readonly string[])[];
  /** Texts below the table, each under its title. */
  readonly texts?: readonly { readonly title: string; readonly text: string }[];
}

/** At most this many places are written out in a cell; report.json has them all. */
const mostPlaces = 6;

export function at({ file, line }: Place): string {
  return `${file}:${line}`;
}

export function places(list: readonly Place[], text: (index: number) => string = () => ""): string {
  const shown = list.slice(0, mostPlaces).map((place, index) => `${text(index)}${at(place)}`);
  return [...shown, ...(list.length > mostPlaces ? [`and ${list.length - mostPlaces} more`] : [])].join("\n");
}
