/** Moleculer's own transport over TCP, its fastest: nodes connect to each other, and no server stands between them. */
export function transporter(address, nodeId) {
  const port = Number(address.slice(address.lastIndexOf(":") + 1));
  return {
    type: "TCP",
    options: { udpDiscovery: false, port: nodeId === "server" ? port : null, urls: [`127.0.0.1:${port}/server`] },
  };
}
