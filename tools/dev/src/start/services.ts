/** A service that `npm start` runs, on its usual port. */
export interface ServiceEntry {
  /** Its name in etcd. */
  readonly name: string;
  /** Its folder below apps. */
  readonly app: string;
  /** The port for callers; the private one is 1000 above. */
  readonly port: number;
}

export const services: readonly ServiceEntry[] = [
  { name: "user", app: "user-service", port: 50051 },
  { name: "order", app: "order-service", port: 50052 },
  { name: "inventory", app: "inventory-service", port: 50053 },
];
