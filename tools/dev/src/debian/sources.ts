/** One source of packages, as apt's configuration names it. */
export interface AptSource {
  readonly uri: string;
  readonly suite: string;
  readonly components: readonly string[];
}

/**
 * Reads the one-line format: `deb [signed-by=…] http://deb.debian.org/debian bookworm main`.
 *
 * @see https://manpages.debian.org/bookworm/apt/sources.list.5.en.html
 */
export function parseOneLineSources(text: string): AptSource[] {
  const sources: AptSource[] = [];
  for (const line of text.split("\n")) {
    const entry = /^\s*deb\s+(?:\[[^\]]*\]\s+)?(\S+)\s+(\S+)\s*([^#]*)/.exec(line);
    const [, uri, suite, components] = entry ?? [];
    if (uri !== undefined && suite !== undefined) sources.push({ uri, suite, components: words(components) });
  }
  return sources;
}

/** Reads the deb822 format: stanzas of `Types:`, `URIs:`, `Suites:` and `Components:`. */
export function parseDeb822Sources(text: string): AptSource[] {
  const withoutComments = text
    .split("\n")
    .filter((line) => !line.startsWith("#"))
    .join("\n");
  return withoutComments.split(/\n\s*\n/).flatMap((stanza) => {
    const fields = parseFields(stanza);
    if (!words(fields.get("types")).includes("deb")) return [];
    if (/^(no|false|0|off|disable)$/i.test(fields.get("enabled") ?? "yes")) return [];
    const components = words(fields.get("components"));
    return words(fields.get("uris")).flatMap((uri) =>
      words(fields.get("suites")).map((suite) => ({ uri, suite, components })),
    );
  });
}

/**
 * The mirrors of Debian's main archive among the sources, the likeliest first and Debian's own at the end.
 *
 * The archive is what serves the suite named after the running release with its component main. Other vendors use the same
 * names, so what ends in /debian comes first; that the packages are Debian's is seen by their signature.
 */
export function debianMirrors(sources: readonly AptSource[], codename: string): string[] {
  const archives = sources
    .filter(({ uri, suite, components }) => isFetchable(uri) && suite === codename && components.includes("main"))
    .map(({ uri }) => uri);
  const namedDebian = (uri: string): boolean => /\/debian\/?$/.test(uri);
  return [
    ...new Set([
      ...archives.filter(namedDebian),
      ...archives.filter((uri) => !namedDebian(uri)),
      "http://deb.debian.org/debian",
    ]),
  ];
}

function isFetchable(uri: string): boolean {
  return !uri.startsWith("cdrom:");
}

function parseFields(stanza: string): Map<string, string> {
  const fields = new Map<string, string>();
  for (const [, name = "", value = ""] of stanza.matchAll(/^([\w-]+):(.*(?:\n[ \t]+.*)*)/gm)) {
    fields.set(name.toLowerCase(), value.trim());
  }
  return fields;
}

function words(text: string | undefined): string[] {
  return (text ?? "").split(/\s+/).filter((word) => word !== "");
}
