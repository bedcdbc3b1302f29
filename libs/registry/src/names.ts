/** Nothing but instances lives below it. */
export const root = "/services/";

const nameRule = /^[a-z0-9][a-z0-9._-]{0,62}$/;

/** What names of services and ids of instances look like, in words for messages. */
export const nameExpectation = "1 to 63 characters of a-z, 0-9, dot, underscore and dash, the first a letter or digit";

export function isName(text: string): boolean {
  return nameRule.test(text);
}

/**
 * The prefix of a service's instances, which ends in a slash: `/services/user/` is no prefix of `user-admin`.
 *
 * @throws {TypeError} when `service` is not a name
 */
export function servicePrefix(service: string): string {
  return `${root}${checkedName("name of a service", service)}/`;
}

/** @throws {TypeError} when either is not a name */
export function instanceKey(service: string, instanceId: string): string {
  return servicePrefix(service) + checkedName("id of an instance", instanceId);
}

/** Where the configuration of a name is. @throws {TypeError} when it is not a name */
export function configKey(name: string): string {
  return `/config/${checkedName("name of a configuration", name)}`;
}

/** Where the traffic rule of a service is. @throws {TypeError} when `service` is not a name */
export function trafficKey(service: string): string {
  return `/traffic/${checkedName("name of a service", service)}`;
}

/**
 * The instance that a key below `prefix` stands for. Ids that others have chosen are taken as they are; a key with
 * further slashes is not an instance.
 */
export function instanceIdOf(key: string, prefix: string): string | undefined {
  const id = key.startsWith(prefix) ? key.slice(prefix.length) : "";
  return id === "" || id.includes("/") ? undefined : id;
}

/**
 * An id that no other process has: the host's name, as far as a name can hold it, and 8 random hexadecimal digits.
 *
 * @param random 32 random bits
 */
export function newInstanceId(hostname: string, random: number): string {
  const host = hostname
    .toLowerCase()
    .replaceAll(/[^a-z0-9._-]+/g, "-")
    .replace(/^[^a-z0-9]+/, "")
    .slice(0, 54);
  return `${host === "" ? "host" : host}-${random.toString(16).padStart(8, "0")}`;
}

function checkedName(what: string, text: string): string {
  if (isName(text)) return text;
  const shown = text.length > 80 ? `${text.slice(0, 80)}…` : text;
  throw new TypeError(`${what}: expected ${nameExpectation}, got ${JSON.stringify(shown)}`);
}
