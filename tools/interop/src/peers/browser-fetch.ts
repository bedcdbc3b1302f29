import { z } from "zod";
import { openFiles } from "./files.ts";
import { runProgram } from "./program.ts";

/** A POST that the browser makes. */
export interface BrowserRequest {
  readonly url: string;
  readonly headers: Readonly<Record<string, string>>;
  readonly body: Uint8Array;
}

export interface BrowserAnswer {
  readonly status: number;
  readonly headers: Headers;
  readonly body: Buffer;
}

export interface BrowserAnswers {
  readonly answers: readonly BrowserAnswer[];
  /** Protocols that ALPN has chosen, as the browser's own log of the network names them: `h2`. */
  readonly alpn: readonly string[];
}

const runMs = 60_000;

const pageReport = z.union([
  z.object({ error: z.string() }),
  z.array(z.object({ status: z.number(), headers: z.array(z.tuple([z.string(), z.string()])), body: z.base64() })),
]);

/**
 * Has headless Chromium make requests one after the other, with `fetch` of a page.
 *
 * The page is a file, so that each request is one to another origin: the browser is told not to ask for CORS, which the
 * services do not speak, and not to know who signed the certificate. It is also told to run without its sandbox, which
 * root cannot have; the page is ours.
 *
 * @throws {Error} with what `fetch` said
 */
export async function fetchInChromium(requests: readonly BrowserRequest[]): Promise<BrowserAnswers> {
  await using files = await openFiles();
  const page = await files.write("page.html", pageWith(requests));
  const flags = [
    "--headless",
    "--no-sandbox",
    "--disable-gpu",
    "--disable-web-security",
    "--ignore-certificate-errors",
  ];
  const kept = [`--user-data-dir=${files.folder}/profile`, `--log-net-log=${files.folder}/network.json`];
  const until = ["--virtual-time-budget=30000", "--dump-dom", `file://${page}`];
  const { stdout, stderr } = await runProgram("chromium", [...flags, ...kept, ...until], { timeoutMs: runMs });
  const dumped = /<pre>([\w+/=]+)<\/pre>/.exec(stdout)?.[1];
  if (dumped === undefined) throw new Error(`chromium has not run the page to its end: ${stderr}`);
  const report = pageReport.parse(JSON.parse(Buffer.from(dumped, "base64").toString()));
  if ("error" in report) throw new Error(`fetch in chromium: ${report.error}`);
  const answers = report.map(({ status, headers, body }) => ({
    status,
    headers: new Headers(headers),
    body: Buffer.from(body, "base64"),
  }));
  const log = await files.read("network.json");
  return { answers, alpn: [...new Set([...log.matchAll(/"next_proto":"([^"]+)"/g)].map(([, name = ""]) => name))] };
}

function pageWith(requests: readonly BrowserRequest[]): string {
  const encoded = requests.map(({ url, headers, body }) => ({
    url,
    headers,
    body: Buffer.from(body).toString("base64"),
  }));
  return `<!doctype html><body><script type="module">
    const show = (report) => {
      const pre = document.createElement("pre");
      pre.textContent = btoa(JSON.stringify(report));
      document.body.append(pre);
    };
    const bytesOf = (base64) => Uint8Array.from(atob(base64), (character) => character.charCodeAt(0));
    const base64Of = (bytes) => btoa(Array.from(bytes, (byte) => String.fromCharCode(byte)).join(""));
    try {
      const answers = [];
      for (const { url, headers, body } of ${JSON.stringify(encoded)}) {
        const response = await fetch(url, { method: "POST", headers, body: bytesOf(body) });
        const bytes = new Uint8Array(await response.arrayBuffer());
        answers.push({ status: response.status, headers: [...response.headers], body: base64Of(bytes) });
      }
      show(answers);
    } catch (error) {
      show({ error: String(error) });
    }
  </script></body>`;
}
