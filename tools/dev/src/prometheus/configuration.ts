/** What Prometheus is to scrape. */
export interface ScrapeJob {
  /** The label `job` of all that it tells: the service's name, as in `user`. */
  readonly name: string;
  /** Where its instances answer below /metrics, each as `host:port`. */
  readonly targets: readonly string[];
}

export interface PrometheusConfiguration {
  readonly jobs: readonly ScrapeJob[];
  /** Files of alert rules. */
  readonly ruleFiles: readonly string[];
  /** How often it scrapes, and evaluates rules. */
  readonly intervalSeconds: number;
}

/**
 * The text of Prometheus' configuration file, as JSON, which is YAML too.
 *
 * @see https://prometheus.io/docs/prometheus/latest/configuration/configuration/
 */
export function writeConfiguration({ jobs, ruleFiles, intervalSeconds }: PrometheusConfiguration): string {
  const interval = `${intervalSeconds}s`;
  return JSON.stringify({
    global: { scrape_interval: interval, scrape_timeout: interval, evaluation_interval: interval },
    rule_files: ruleFiles,
    scrape_configs: jobs.map(({ name, targets }) => ({ job_name: name, static_configs: [{ targets }] })),
  });
}
