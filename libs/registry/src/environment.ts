import { randomInt } from "node:crypto";
import { isIP } from "node:net";
import { hostname } from "node:os";
import { integer, oneOf, secret } from "@banyan/service";
import { z } from "zod";
import { parseAddress, type AddressConfig } from "./address.ts";
import { isName, nameExpectation, newInstanceId } from "./names.ts";

/** The bounds of a lease's time to live, in seconds. */
export const leaseTtl = { minSeconds: 5, maxSeconds: 60, defaultSeconds: 10 };

/** The bounds of an instance's weight. */
export const weight = { min: 1, max: 10_000 };

const label = z.string().regex(/^[ -~]{1,63}$/, "expected 1 to 63 printable ASCII characters");

const endpointsExpectation = "expected a comma-separated list of http://host:port, or of https://host:port";

/** The variables that etcd is found with. */
export const etcdEnvironment = {
  /**
   * The client addresses of etcd's members; any of them will do, and more than one survives the loss of a member. A value
   * that is refused is not shown: it may be a URL with a password.
   */
  ETCD_ENDPOINTS: secret(
    z
      .string()
      .default("http://localhost:2379")
      .transform((list) => list.split(",").map((endpoint) => endpoint.trim().replace(/\/$/, "")))
      .refine(areEndpoints, endpointsExpectation),
  ),
  /** A file with the certificates, in PEM, of those who may vouch for etcd; by default those that Node knows. */
  ETCD_CA_FILE: z.string().min(1).optional(),
  /** A file with the certificate, in PEM, by which etcd knows this process; with `ETCD_KEY_FILE`. */
  ETCD_CERT_FILE: z.string().min(1).optional(),
  ETCD_KEY_FILE: z.string().min(1).optional(),
  /** The user of etcd; with `ETCD_PASSWORD`. */
  ETCD_USERNAME: z.string().min(1).optional(),
  ETCD_PASSWORD: secret(z.string().min(1)).optional(),
  /**
   * A folder in which the lists of instances are kept, so that a process that starts while etcd is down knows where
   * others were. By default they are kept nowhere.
   */
  REGISTRY_STATE_FOLDER: z.string().min(1).optional(),
};

/** The variables that decide how a process is announced; one that only watches needs none of them. */
export const announceEnvironment = {
  /** A fixed id of this instance; by default the host's name and 8 random hexadecimal digits, new per process. */
  INSTANCE_ID: z
    .string()
    .refine(isName, `expected ${nameExpectation}`)
    .default(() => newInstanceId(hostname(), randomInt(2 ** 32))),
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
  /** What is written: the address alone, or a JSON record that the resolvers of others read, and that tells the rest. */
  REGISTRY_RECORD: oneOf("address", "endpoint").default("address"),
  /** Told with `REGISTRY_RECORD=endpoint`: the version of the service, as in `1.4.0`. */
  INSTANCE_VERSION: label.optional(),
  /** Told with `REGISTRY_RECORD=endpoint`: where the instance runs, as in `eu-west-1a`. */
  INSTANCE_ZONE: label.optional(),
  /** Told with `REGISTRY_RECORD=endpoint`: its share of the calls beside others, where 10 is usual. */
  INSTANCE_WEIGHT: integer({ min: weight.min, max: weight.max }).optional(),
};

export interface EtcdConfig {
  readonly ETCD_ENDPOINTS: readonly string[];
  readonly ETCD_CA_FILE?: string | undefined;
  readonly ETCD_CERT_FILE?: string | undefined;
  readonly ETCD_KEY_FILE?: string | undefined;
  readonly ETCD_USERNAME?: string | undefined;
  readonly ETCD_PASSWORD?: string | undefined;
  readonly REGISTRY_STATE_FOLDER?: string | undefined;
}

export interface AnnounceConfig extends AddressConfig {
  readonly INSTANCE_ID?: string | undefined;
  readonly LEASE_TTL_SECONDS?: number | undefined;
  readonly REGISTRY_RECORD?: "address" | "endpoint" | undefined;
  readonly INSTANCE_VERSION?: string | undefined;
  readonly INSTANCE_ZONE?: string | undefined;
  readonly INSTANCE_WEIGHT?: number | undefined;
}

function areEndpoints(endpoints: readonly string[]): boolean {
  return ["http:", "https:"].some((protocol) => endpoints.every((endpoint) => isEndpoint(endpoint, protocol)));
}

function isEndpoint(endpoint: string, protocol: string): boolean {
  const scheme = `${protocol}//`;
  return endpoint.startsWith(scheme) && parseAddress(endpoint.slice(scheme.length)) !== undefined;
}
