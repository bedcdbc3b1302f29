/** A line of a file. */
export interface Place {
  /** Relative to the audited folder, with slashes; begins with `../` for what is imported from outside of it. */
  readonly file: string;
  /** From 1. */
  readonly line: number;
}

/**
 * What an audit found: the shape of report.json. A reader looks at `version` first: a field is added without a new
 * version, and changes its meaning only with one.
 */
export interface Report {
  readonly version: 1;
  /** The name of the audited folder. */
  readonly project: string;
  /** The commit that was checked out, where the folder is in a git repository. */
  readonly commit?: string;
  readonly size: { readonly files: number; readonly lines: number };
  /** How the modules were found, in words. */
  readonly modulesBy: string;
  readonly modules: readonly ModuleReport[];
  /** Who calls whom synchronously; the most calls first. */
  readonly calls: readonly ModuleCalls[];
  readonly tables: readonly TableReport[];
  readonly statements: readonly SpanningStatement[];
  readonly sharedState: readonly SharedState[];
  readonly transactions: readonly SpanningTransaction[];
  readonly cycles: readonly Cycle[];
  /** Absent without a `.cpuprofile`. */
  readonly hot?: HotReport;
  /** Absent where there is no git history. */
  readonly history?: HistoryReport;
  readonly plan: readonly Candidate[];
  /** What was seen and not understood; nothing of it is part of the figures. */
  readonly notUnderstood: readonly NotUnderstood[];
  readonly skipped: Skipped;
}

/**
 * `domain` owns a table, or serves calls of its own: a candidate. `library` has neither: it goes along with whoever
 * imports it. `rest` is every file outside of the modules: the composition root, as a rule.
 */
export type ModuleKind = "domain" | "library" | "rest";

export interface ModuleReport {
  readonly name: string;
  readonly kind: ModuleKind;
  /** Relative to the audited folder. */
  readonly folder: string;
  readonly files: number;
  readonly lines: number;
  /** Tables that it owns. */
  readonly owns: readonly string[];
  /** Contracts that it serves by Connect: `UserService`. */
  readonly serves: readonly string[];
  /** Handlers of requests: routes, RPCs, resolvers, jobs. */
  readonly entryPoints: number;
}

export interface ModuleCalls {
  readonly from: string;
  readonly to: string;
  /** Call sites of functions and methods. */
  readonly calls: number;
  /** Call sites through a Connect client. */
  readonly rpcs: number;
  /** Names that are imported for their values, and for their types alone. */
  readonly imports: number;
  readonly typeImports: number;
  /** The first 50 call sites, then imports. */
  readonly sites: readonly CallSite[];
}

export interface CallSite extends Place {
  readonly kind: "call" | "rpc" | "import";
  /** The function that is called, or the name that is imported. */
  readonly target: string;
  /** Inside a loop, or a function that is called for each item: one call becomes many. */
  readonly inLoop?: true;
}

export interface TableReport {
  readonly name: string;
  /** The module that should own it, if any uses it. */
  readonly owner?: string;
  /** Why that one. */
  readonly ownedBy?: string;
  readonly declared: readonly TableDeclaration[];
  readonly access: readonly TableAccess[];
  /** Whether more than one module reads or writes it. */
  readonly shared: boolean;
  /** Tables that its foreign keys point to. */
  readonly references: readonly string[];
}

export interface TableDeclaration extends Place {
  readonly by: TableSource;
}

export interface TableAccess extends Place {
  readonly module: string;
  readonly access: "read" | "write";
  readonly by: TableSource;
}

export type TableSource = "sql" | "prisma" | "typeorm" | "drizzle";

/** One statement that touches tables of more than one owner: a join that a cut takes apart. */
export interface SpanningStatement extends Place {
  readonly module: string;
  readonly tables: readonly { readonly name: string; readonly owner: string }[];
}

/** State in memory that more than one module uses: once apart, each process would have its own. */
export interface SharedState extends Place {
  readonly name: string;
  /** The module in which it stands. */
  readonly module: string;
  readonly kind: "variable" | "object";
  readonly users: readonly (Place & { readonly module: string; readonly how: string })[];
}

/** A transaction that does the work of another module, or waits for another process. */
export interface SpanningTransaction extends Place {
  readonly module: string;
  /** How it was recognised: `database.transaction(…)`, `BEGIN … COMMIT`. */
  readonly by: string;
  readonly reaches: readonly (Place & {
    readonly kind: "call" | "rpc" | "http" | "write";
    /** The module, or `another process`. */
    readonly module: string;
    readonly target: string;
    /** The calls that lead from the transaction to this place; empty when it stands in the transaction itself. */
    readonly through: readonly string[];
  })[];
}

export interface Cycle {
  readonly modules: readonly string[];
  /** One example of each step. */
  readonly steps: readonly (CallSite & { readonly from: string; readonly to: string })[];
}

export interface HotReport {
  readonly profile: string;
  readonly totalMs: number;
  /** Self time outside of the project's sources: Node, packages, idle and garbage collection. */
  readonly elsewhereMs: number;
  readonly modules: readonly { readonly name: string; readonly selfMs: number }[];
  /** The 30 functions with the most self time. */
  readonly functions: readonly (Place & {
    readonly name: string;
    readonly module: string;
    readonly selfMs: number;
  })[];
}

export interface HistoryReport {
  /** Commits that were read, and those left out because they changed too many files at once to tell anything. */
  readonly commits: number;
  readonly leftOut: number;
  readonly since: string;
  /** Modules by how many commits changed both; `share` is of the commits of the one that changed less. */
  readonly modules: readonly CoChange[];
  /** Files of different modules, likewise; the first 30. */
  readonly files: readonly CoChange[];
}

export interface CoChange {
  readonly pair: readonly [string, string];
  readonly together: number;
  /** In [0, 1]. */
  readonly share: number;
}

export interface Candidate {
  readonly module: string;
  /** From 1: the order in which to extract. */
  readonly order: number;
  /** The sum of the parts: lower is easier. */
  readonly score: number;
  readonly parts: readonly ScorePart[];
  readonly blockers: readonly (Place & { readonly what: string })[];
  /** RPCs that a request makes more, by entry point; the most first. */
  readonly requests: readonly RequestCost[];
  /** A draft of the contract, or the contract that it serves already. */
  readonly contract:
    | { readonly kind: "draft"; readonly proto: string; readonly rpcs: number; readonly unmapped: readonly string[] }
    | { readonly kind: "existing"; readonly services: readonly string[] }
    | { readonly kind: "none"; readonly why: string };
}

export interface ScorePart {
  readonly name: string;
  readonly count: number;
  readonly weight: number;
}

export interface RequestCost extends Place {
  readonly entryPoint: string;
  /** Call sites on the way that would become RPCs, and how many of them are in loops: those are made for each item. */
  readonly rpcs: number;
  readonly inLoops: number;
}

export interface NotUnderstood extends Place {
  readonly what: string;
  readonly why: string;
  /** The beginning of it, on one line. */
  readonly text: string;
}

export interface Skipped {
  /** Folders by the rule that left them out, with how many. */
  readonly folders: Readonly<Record<string, number>>;
  readonly tests: number;
  readonly declarations: number;
  readonly symlinks: number;
  readonly javascript: number;
  readonly generated: readonly string[];
  readonly tooLarge: readonly string[];
  /** Files with errors of syntax; what could be read of them is part of the report. */
  readonly unparsable: readonly (Place & { readonly message: string })[];
}
