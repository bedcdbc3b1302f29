import { isIP } from "node:net";
import { integer, oneOf } from "@banyan/service";
import { z } from "zod";
import { parseAddress, type AddressConfig } from "./address.ts";
import { isName, nameExpectation } from "./names.ts";

/** The bounds of a lease's time to live, in seconds. */
export const leaseTtl = { minSeconds: 5, maxSeconds: 60, defaultSeconds: 10 };

const endpointsExpectation = "expected a comma-separated list of http://host:port, or of https://host:port";

/** The variables that etcd is found with. */
export const etcdEnvironment = {
  /** The client addresses of etcd's members; any of them will do, and more than one survives the loss of a member. */
  ETCD_ENDPOINTS: z
    .string()
    .default("http://localhost:2379")
    .transform((list) => list.split(",").map((endpoint) => endpoint.trim().replace(/\/$/, "")))
    .refine(areEndpoints, endpointsExpectation),
};

/** The variables that decide how a process is announced; one that only watches needs none of them. */
export const announceEnvironment = {
  /** A fixed id of this instance; by default the host's name and 8 random hexadecimal digits, new per process. */
  INSTANCE_ID: z.string().refine(isName, `expected ${nameExpectation}`).optional(),
  /** The address that others dial, where it is not the one listened on. */
  ADVERTISE_ADDRESS: z
    .string()
    .refine((text) => parseAddress(text) !== undefined, "expected host:port")
    .optional(),
  /** The IP address of the pod, as Kubernetes' downward API fills it in. */
  POD_IP: z
    .string()
    .refine((text) => isIP(text) !== 0, "expected an IP address")
    .optional(),
  /** How long an instance stays listed after its process died without a word. */
  LEASE_TTL_SECONDS: integer({ min: leaseTtl.minSeconds, max: leaseTtl.maxSeconds }).default(leaseTtl.defaultSeconds),
  /** In development a loopback address may be announced, and nobody waits for the news of a withdrawal to spread. */
  BANYAN_ENV: oneOf("development", "production").default("production"),
};

export interface EtcdConfig {
  readonly ETCD_ENDPOINTS: readonly string[];
}

export interface AnnounceConfig extends AddressConfig {
  readonly INSTANCE_ID?: string | undefined;
  readonly LEASE_TTL_SECONDS?: number | undefined;
}

function areEndpoints(endpoints: readonly string[]): boolean {
  return ["http:", "https:"].some((protocol) => endpoints.every((endpoint) => isEndpoint(endpoint, protocol)));
}

function isEndpoint(endpoint: string, protocol: string): boolean {
  const scheme = `${protocol}//`;
  return endpoint.startsWith(scheme) && parseAddress(endpoint.slice(scheme.length)) !== undefined;
}
