import { basename } from "node:path";
import { loadModule } from "libpg-query";
import { ExpectedError } from "@banyan/service";
import { importVisitor, moduleCalls, type Import } from "./calls/edges.ts";
import { readCalls, type Visitor } from "./calls/graph.ts";
import type { Func } from "./calls/functions.ts";
import { remotable, touching } from "./calls/touches.ts";
import { findCycles } from "./cycles.ts";
import { headOf, readHistory } from "./history.ts";
import { describeModules } from "./module-kinds.ts";
import { cutPlan } from "./plan/candidates.ts";
import { readProfile } from "./profile.ts";
import { openProject } from "./project/open.ts";
import type { Report } from "./report.ts";
import { findCandidates } from "./state/candidates.ts";
import { sharedState, stateVisitor, type Mention } from "./state/spanning-state.ts";
import { drizzleVisitor, findDrizzleTables } from "./tables/drizzle.ts";
import type { TableFacts } from "./tables/facts.ts";
import { assignTables } from "./tables/owners.ts";
import { prismaVisitor } from "./tables/prisma.ts";
import { readPrismaSchemas } from "./tables/prisma-schema.ts";
import { spanningStatements } from "./tables/spanning-statements.ts";
import { readSqlFiles, sqlVisitor, type TransactionWord } from "./tables/sql.ts";
import { typeormVisitor } from "./tables/typeorm.ts";
import { findEntities } from "./tables/typeorm-entities.ts";
import { unreadVisitor } from "./tables/unread.ts";
import { findRegions, transactionVisitor, type Opener } from "./transactions/regions.ts";
import { knowledge, spanningTransactions } from "./transactions/spanning.ts";

export interface AuditOptions {
  /** Globs of the folders that are modules, relative to the project; found by their usual places by default. */
  readonly modules?: readonly string[];
  /** Path of a `.cpuprofile`. */
  readonly cpuprofile?: string | undefined;
  /** Told what is being done, a line at a time. */
  readonly onProgress?: (line: string) => void;
}

/**
 * Reads a TypeScript project and tells what ties its modules together, and in which order they could be taken apart.
 * Nothing of the project is run, and nothing is written.
 *
 * @param root absolute path of its folder
 * @throws {ExpectedError} when there is no TypeScript in it, or an option does not fit
 */
export async function audit(root: string, options: AuditOptions = {}): Promise<Report> {
  const say = options.onProgress ?? (() => undefined);
  await loadModule();
  say("reading the sources");
  const project = openProject(root, options.modules ?? []);
  if (project.files.length === 0)
    throw new ExpectedError(`${root}: no TypeScript found; give the folder of a TypeScript project`);

  say(`${project.files.length} files; reading tables`);
  const facts: TableFacts = { uses: [], declared: [], notUnderstood: [] };
  readSqlFiles(project, facts);
  const models = await readPrismaSchemas(project, facts);
  const imports: Import[] = [];
  const openers: Opener[] = [];
  const decorated: Func[] = [];
  const words: TransactionWord[] = [];
  const mentions: Mention[] = [];
  const candidates = findCandidates(project);
  const visitors: Visitor[] = [
    sqlVisitor(project, facts, words),
    prismaVisitor(project, facts, models),
    typeormVisitor(project, facts, findEntities(project, facts)),
    drizzleVisitor(project, facts, findDrizzleTables(project, facts)),
    unreadVisitor(project, facts),
    importVisitor(project, imports),
    transactionVisitor(openers, decorated),
    stateVisitor(project, candidates, mentions),
  ];
  say("reading who calls whom");
  const graph = readCalls(project, visitors, (done) => {
    if (done % 500 === 0) say(`${done} of ${project.files.length} files`);
  });

  say("putting it together");
  const tables = assignTables(facts, [...project.modules.folders.keys()]);
  const modules = describeModules(project, graph, tables);
  const domains = new Set(modules.filter(({ kind }) => kind === "domain").map(({ name }) => name));
  const calls = moduleCalls(graph.calls, imports);
  const regions = findRegions(project, graph, openers, decorated, words);
  const costly = remotable(graph.functions, touching(graph.functions, facts.uses));
  const known = knowledge(graph.functions, facts.uses, tables, domains, costly);
  const files = [...project.found.typescript, ...project.found.sql, ...project.found.prisma];
  const commit = headOf(root);
  const history = readHistory(root, files, project.modules);
  const found = {
    project: basename(root),
    ...(commit === undefined ? {} : { commit }),
    size: {
      files: project.files.length,
      lines: project.files.reduce((sum, source) => sum + source.getLineStarts().length, 0),
    },
    modulesBy: project.modules.by,
    modules,
    calls,
    tables,
    statements: spanningStatements(facts.uses, tables),
    sharedState: sharedState(project, graph, candidates, mentions, domains),
    transactions: spanningTransactions(project, regions, known),
    cycles: findCycles(calls),
    ...(options.cpuprofile === undefined
      ? {}
      : { hot: readProfile(options.cpuprofile, basename(root), project.found.typescript, project.modules) }),
    ...(history === undefined ? {} : { history }),
    notUnderstood: facts.notUnderstood,
    skipped: { ...project.found.skipped, unparsable: project.unparsable },
  };
  return { version: 1, ...found, plan: cutPlan(project, graph, found, costly) };
}
