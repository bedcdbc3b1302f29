const header = /\r\nx-server-from: *([0-9a-f]+)\r\n/i;

/**
 * Which member of a cluster has opened a connection between peers: etcd's raft requests are cleartext HTTP/1.1 and name
 * their sender, as a hexadecimal member id. Probes and questions for the version have no name; no vote and no entry
 * travels with them.
 */
export function raftSource(sent: Buffer): string | undefined {
  return header.exec(sent.toString("latin1"))?.[1]?.toLowerCase();
}
