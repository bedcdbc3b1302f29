/** One thing that was tried. */
export interface Finding {
  /** What is promised. */
  readonly promise: string;
  /** What happened. */
  readonly seen: string;
  readonly kept: boolean;
}

/** The port at the end of an address: a name, an IPv4 and an IPv6 address of one listener have it in common. */
export function portOf(address: string): string {
  return address.slice(address.lastIndexOf(":") + 1);
}
