import { build } from "esbuild";
import { join } from "node:path";
import { z } from "zod";
import type { Finding } from "../../finding.ts";
import { judge, unknownUserId } from "../account.ts";
import { openFiles } from "../files.ts";
import type { Peer } from "../peer.ts";
import { versionLine } from "../program.ts";
import { startBrowser } from "./devtools.ts";
import { pageReport, type PageReport } from "./page-report.ts";

const versions = [
  { alpn: "h2", flags: [] },
  { alpn: "http/1.1", flags: ["--disable-http2"] },
] as const;

const serving = 1; // grpc.health.v1.HealthCheckResponse.SERVING

/** Headless Chromium with connect-web, over TLS, where ALPN chooses HTTP/2; and told to do without, HTTP/1.1. */
export const chromium: Peer = {
  name: "chromium",
  async open() {
    const version = await versionLine("chromium");
    if (version === undefined) return { absent: "chromium is not installed" };
    return {
      version: version.replace(/ built on .*/, ""),
      async prove({ tls }) {
        const page = await bundlePage();
        const findings = [];
        for (const { alpn, flags } of versions) {
          const { reports, chosen } = await callIn(`https://${tls}`, page, flags);
          findings.push(
            { promise: `ALPN chooses ${alpn}`, seen: chosen.join(" "), kept: chosen.join(" ") === alpn },
            ...reports.flatMap((report) => judgePage(alpn, report)),
          );
        }
        return findings;
      },
    };
  },
};

/** The page's program with all that it imports, as a script that leaves `page`. */
async function bundlePage(): Promise<string> {
  const entry = join(import.meta.dirname, "page.ts");
  const how = { bundle: true, write: false, format: "iife", globalName: "page", platform: "browser" } as const;
  const { outputFiles } = await build({ entryPoints: [entry], target: "es2024", logLevel: "silent", ...how });
  return outputFiles.map(({ text }) => text).join("\n");
}

/** Runs the page's program in a browser of its own. @returns also what ALPN has chosen, by the browser's log of the network */
async function callIn(origin: string, page: string, flags: readonly string[]) {
  await using files = await openFiles();
  const log = "network.json";
  const kept = [`--user-data-dir=${files.folder}/profile`, `--log-net-log=${files.folder}/${log}`];
  const reports = await runPage(origin, page, [...kept, ...flags]);
  const chosen = (await files.read(log)).matchAll(/"next_proto":"([^"]+)"/g);
  return { reports, chosen: [...new Set(Array.from(chosen, ([, name = ""]) => name))] };
}

/**
 * The document is of the services' own origin, what GetUser answers to a GET: so the browser is told nothing of CORS, which
 * the services do not speak. It is told not to ask who signed the certificate, and to run without its sandbox, which root
 * cannot have.
 */
async function runPage(origin: string, page: string, flags: readonly string[]): Promise<PageReport[]> {
  await using browser = startBrowser("chromium", [
    "--no-sandbox",
    "--disable-gpu",
    "--ignore-certificate-errors",
    ...flags,
  ]);
  const query = new URLSearchParams({ connect: "v1", encoding: "json", message: `{"userId":"${unknownUserId}"}` });
  const tab = await browser.open(`${origin}/user.v1.UserService/GetUser?${query.toString()}`);
  const seen = await tab.evaluate(`${page}\npage.callServices(${JSON.stringify(origin)})`);
  return z.array(pageReport).parse(seen);
}

function judgePage(alpn: string, report: PageReport): Finding[] {
  const { transport, left, watched, asked, versions: came } = report;
  const way = `${transport}, ${alpn}`;
  const verbs = new Set(asked.map((each) => each.replace(/ .*\//, " "))); // `POST CreateUser`
  const getUser = transport.endsWith("by GET") ? "GET GetUser" : "POST GetUser";
  return [
    ...judge(way, report),
    {
      promise: `${way}: a stream that is left has begun, and ends`,
      seen: `${watched.join(" ")} ${left.code}`,
      kept: watched.join(" ") === String(serving) && left.code === "CANCELED",
    },
    {
      promise: `${way}: methods are asked for by the verb that is theirs`,
      seen: [...verbs].join(", "),
      kept: [...verbs].join() === ["POST CreateUser", getUser, "POST Watch"].join(),
    },
    {
      promise: `${way}: every answer that it has timed came over ${alpn}`,
      seen: came.join(" "),
      kept: came.length > 0 && came.every((version) => version === alpn),
    },
  ];
}
