import type { Logger } from "@banyan/telemetry";

/** Longer JSON is not shown, in characters. */
const maxLength = 65_536;

/**
 * The JSON of `details`, which never fails: what cannot be had is an object with an `error` in its place, and the log has
 * the cause, once until it works again.
 */
export function readinessDetails(details: (() => unknown) | undefined, log: Logger): (() => string) | undefined {
  if (details === undefined) return undefined;
  let failing = false;
  return () => {
    try {
      const json = JSON.stringify(details());
      if (json.length > maxLength)
        throw new RangeError(`details have ${json.length} characters, more than ${maxLength}`);
      failing = false;
      return json;
    } catch (error) {
      if (!failing) log.error({ error }, "the details of /readyz could not be told");
      failing = true;
      return JSON.stringify({ error: "could not be told: the log says why" });
    }
  };
}
