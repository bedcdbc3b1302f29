import { describe, expect, it } from "vitest";
import { debianMirrors, parseDeb822Sources, parseOneLineSources } from "./sources.ts";

describe("parseOneLineSources", () => {
  it("reads entries with and without options, and skips sources, comments and what is switched off", () => {
    const text = `
# deb http://old.example.com/debian bookworm main
deb http://deb.debian.org/debian bookworm main contrib # the archive
deb [signed-by=/usr/share/keyrings/x.gpg arch=amd64] https://example.com/apt stable main
deb-src http://deb.debian.org/debian bookworm main
`;
    expect(parseOneLineSources(text)).toEqual([
      { uri: "http://deb.debian.org/debian", suite: "bookworm", components: ["main", "contrib"] },
      { uri: "https://example.com/apt", suite: "stable", components: ["main"] },
    ]);
  });
});

describe("parseDeb822Sources", () => {
  it("reads every suite and URI of every stanza, with comments and continuation lines", () => {
    const text = `Types: deb deb-src
# the archive
URIs: http://mirror.example.com/debian
  http://deb.debian.org/debian
Suites: bookworm bookworm-updates
Components: main
Signed-By:
 -----BEGIN PGP PUBLIC KEY BLOCK-----
 .
 URIs: http://not.a.field/
`;
    expect(parseDeb822Sources(text)).toEqual([
      { uri: "http://mirror.example.com/debian", suite: "bookworm", components: ["main"] },
      { uri: "http://mirror.example.com/debian", suite: "bookworm-updates", components: ["main"] },
      { uri: "http://deb.debian.org/debian", suite: "bookworm", components: ["main"] },
      { uri: "http://deb.debian.org/debian", suite: "bookworm-updates", components: ["main"] },
    ]);
  });

  it.each([
    ["is switched off", "Types: deb\nURIs: http://a/debian\nSuites: bookworm\nComponents: main\nEnabled: no"],
    ["names sources alone", "Types: deb-src\nURIs: http://a/debian\nSuites: bookworm\nComponents: main"],
    ["is empty", ""],
  ])("skips a stanza that %s", (_, text) => {
    expect(parseDeb822Sources(text)).toEqual([]);
  });
});

describe("debianMirrors", () => {
  const source = (uri: string, suite = "bookworm", components = ["main"]) => ({ uri, suite, components });

  it("names the main archive's mirror, and Debian's own last", () => {
    const sources = [
      source("https://apt.example.com/releases"),
      source("http://deb.debian.org/debian-security", "bookworm-security"),
      source("https://download.example.com/linux/debian", "bookworm", ["stable"]),
      source("cdrom:[Debian]/"),
      source("http://mirror.example.com/debian/"),
    ];
    expect(debianMirrors(sources, "bookworm")).toEqual([
      "http://mirror.example.com/debian/",
      "https://apt.example.com/releases",
      "http://deb.debian.org/debian",
    ]);
  });

  it("names Debian's own once", () => {
    expect(debianMirrors([source("http://deb.debian.org/debian")], "bookworm")).toEqual([
      "http://deb.debian.org/debian",
    ]);
    expect(debianMirrors([], "bookworm")).toEqual(["http://deb.debian.org/debian"]);
  });
});
