/** The names of flags without their dashes, and their values. */
export type EtcdFlags = Readonly<Record<string, string>>;

/** The files, in PEM, with which etcd serves its clients over TLS. */
export interface EtcdTls {
  /** Who signs the certificates of clients; used with `clientCertAuth`. */
  readonly caFile: string;
  readonly certFile: string;
  readonly keyFile: string;
  /** Clients without a certificate that `caFile` signed are refused; default false. */
  readonly clientCertAuth?: boolean;
}

/** What makes an etcd one member of a cluster. All of them must be started at once: none is healthy on its own. */
export interface EtcdMember {
  readonly name: string;
  /** Where it listens for the others: `http://127.0.0.1:<port>`. */
  readonly peerUrl: string;
  /** Where the others dial it; another one than `peerUrl` where something stands between them. */
  readonly advertisedPeerUrl: string;
  /** The name and the advertised URL of each member, this one included. */
  readonly cluster: Readonly<Record<string, string>>;
}

/** Flags for the addresses that clients and, if there are any, peers use. */
export function addressFlags(clientUrl: string, member: EtcdMember | undefined): EtcdFlags {
  return {
    "listen-client-urls": clientUrl,
    "advertise-client-urls": clientUrl,
    ...(member === undefined ? aloneFlags : memberFlags(member)),
  };
}

/** @param metricsUrl plain HTTP beside the TLS, where health can be asked without a certificate */
export function tlsFlags(
  { caFile, certFile, keyFile, clientCertAuth = false }: EtcdTls,
  metricsUrl: string,
): EtcdFlags {
  return {
    "cert-file": certFile,
    "key-file": keyFile,
    "listen-metrics-urls": metricsUrl,
    // An authority alone would make etcd ask for certificates too.
    ...(clientCertAuth && { "trusted-ca-file": caFile, "client-cert-auth": "true" }),
  };
}

const nobody = "http://127.0.0.1:2380";

/**
 * A member that is alone needs no peers; the port 0 for them keeps it from taking one that somebody wants. It waits one
 * election before it serves, which can be a quick one; in milliseconds, and etcd's own default is a second.
 */
const aloneFlags: EtcdFlags = {
  name: "banyan",
  "listen-peer-urls": "http://127.0.0.1:0",
  "initial-advertise-peer-urls": nobody,
  "initial-cluster": `banyan=${nobody}`,
  "heartbeat-interval": "20",
  "election-timeout": "200",
};

/** Elections at etcd's own pace: members that share a busy machine would else depose each other. */
function memberFlags({ name, peerUrl, advertisedPeerUrl, cluster }: EtcdMember): EtcdFlags {
  return {
    name,
    "listen-peer-urls": peerUrl,
    "initial-advertise-peer-urls": advertisedPeerUrl,
    "initial-cluster": Object.entries(cluster)
      .map(([other, url]) => `${other}=${url}`)
      .join(","),
  };
}
