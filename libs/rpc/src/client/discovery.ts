/** One running instance of a service. */
export interface DiscoveredInstance {
  /** Tells it from its neighbours: a process that restarts has a new one. */
  readonly id: string;
  /** Where to dial it, `host:port`; an IPv6 host is in brackets. */
  readonly address: string;
  /** Where it runs, as in `eu-west-1a`. */
  readonly zone?: string;
  /** Its share of the calls beside others, where 10 is usual. */
  readonly weight?: number;
}

/** Who the live instances of one service are. What `registry.watch(…)` returns satisfies it, and a fixed list can. */
export interface Discovery extends AsyncDisposable {
  /** The instances as last heard of: an immutable snapshot. */
  readonly instances: readonly DiscoveredInstance[];
  /** Calls `listener` with each snapshot that follows, until the returned function is called. */
  subscribe(listener: (instances: readonly DiscoveredInstance[]) => void): () => void;
}
