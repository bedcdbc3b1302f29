import { mkdirSync, mkdtempDisposableSync, realpathSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { dirname, join } from "node:path";
import { audit, type AuditOptions } from "../audit.ts";
import type { Report } from "../report.ts";

/** A project in a folder of its own, which goes with it. */
export interface Fixture extends Disposable {
  /** Absolute. */
  readonly root: string;
}

/** Writes a project: the text of each file by its path. */
export function writeProject(files: Readonly<Record<string, string>>): Fixture {
  const folder = mkdtempDisposableSync(join(tmpdir(), "banyan-audit-"));
  const root = realpathSync(folder.path);
  for (const [path, text] of Object.entries(files)) {
    mkdirSync(dirname(join(root, path)), { recursive: true });
    writeFileSync(join(root, path), text);
  }
  return { root, [Symbol.dispose]: () => folder.remove() };
}

/** Audits a project of these files. */
export async function auditOf(files: Readonly<Record<string, string>>, options: AuditOptions = {}): Promise<Report> {
  using project = writeProject(files);
  return await audit(project.root, options);
}
