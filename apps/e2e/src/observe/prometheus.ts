import { locatePrometheus, PackagesUnavailableError, type PrometheusPrograms } from "@banyan/dev";

/** Prometheus and promtool; undefined where they are neither installed nor to be fetched. */
export async function findPrometheus(): Promise<PrometheusPrograms | undefined> {
  try {
    return await locatePrometheus();
  } catch (error) {
    if (error instanceof PackagesUnavailableError) return undefined;
    throw error;
  }
}
