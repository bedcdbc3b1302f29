/** So many control pairs of a method are looked at before anything is called a mismatch. */
const wantedControls = 20;
/** A field that differs between the legacy and itself is noise where it differs no more than so often as in the controls. */
const factor = 2;
/** One difference in a control may be a write that came between; two are a habit. */
const leastNoisy = 2;
/** Counts are halved when there are so many, so that a field can become and cease to be noise. */
const fadeAt = 10_000;
const maxMethods = 100;
const maxPaths = 200;

interface MethodNoise {
  compared: number;
  controls: number;
  /** How often each field differed between the sides, and in controls. */
  readonly paths: Map<string, { mismatches: number; noise: number }>;
}

export type Judgement =
  /** Too little is known of what differs anyway. */
  | { readonly tag: "learning" }
  /** The differences that are not noise. */
  | { readonly tag: "judged"; readonly mismatches: readonly string[] };

/**
 * Knows which fields differ anyway: the time of an answer, an order of rows that nobody has asked for. The legacy is asked
 * twice for some calls, and what differs there as often as between the sides is noise. It is the rates that are compared,
 * so that a field that a write in between has changed now and then does not hide a candidate that has it wrong.
 */
export class Noise {
  readonly #methods = new Map<string, MethodNoise>();

  /** Whether more control pairs of a method are wanted before its differences can be judged. */
  isLearning(method: string): boolean {
    return (this.#methods.get(method)?.controls ?? 0) < wantedControls;
  }

  /** @param paths the fields in which two answers of the legacy to one call differ */
  control(method: string, paths: readonly string[]): void {
    const known = this.#of(method);
    known.controls += 1;
    for (const path of paths) at(known, path).noise += 1;
  }

  /**
   * @param paths the fields in which the answers of both sides differ
   * @param learns whether control pairs are made at all
   */
  judge(method: string, paths: readonly string[], learns: boolean): Judgement {
    const known = this.#of(method);
    if (known.compared >= fadeAt) fade(known);
    known.compared += 1;
    for (const path of paths) at(known, path).mismatches += 1;
    if (!learns) return { tag: "judged", mismatches: paths };
    if (this.isLearning(method)) return { tag: "learning" };
    return { tag: "judged", mismatches: paths.filter((path) => !isNoise(known, path)) };
  }

  /** The fields that are noise, 100 at most. */
  fields(): readonly { readonly method: string; readonly path: string }[] {
    return [...this.#methods]
      .flatMap(([method, known]) =>
        [...known.paths.keys()].filter((path) => isNoise(known, path)).map((path) => ({ method, path })),
      )
      .slice(0, 100);
  }

  /** Methods beyond the first hundred share what is known of them. */
  #of(method: string): MethodNoise {
    const name = this.#methods.size < maxMethods || this.#methods.has(method) ? method : "_OTHER";
    const known = this.#methods.get(name);
    if (known !== undefined) return known;
    const made = { compared: 0, controls: 0, paths: new Map() };
    this.#methods.set(name, made);
    return made;
  }
}

function isNoise({ compared, controls, paths }: MethodNoise, path: string): boolean {
  const counted = paths.get(path);
  if (counted === undefined || counted.noise < leastNoisy) return false;
  return counted.mismatches * controls <= factor * counted.noise * compared;
}

function at({ paths }: MethodNoise, path: string): { mismatches: number; noise: number } {
  const counted = paths.get(path) ?? { mismatches: 0, noise: 0 };
  if (paths.size < maxPaths || paths.has(path)) paths.set(path, counted);
  return counted;
}

/** Controls stay as many as are wanted: what was learnt is not learnt anew. */
function fade(known: MethodNoise): void {
  known.compared /= 2;
  const kept = Math.max(wantedControls, known.controls / 2) / Math.max(1, known.controls);
  known.controls *= kept;
  for (const counted of known.paths.values()) {
    counted.mismatches /= 2;
    counted.noise *= kept;
  }
}
