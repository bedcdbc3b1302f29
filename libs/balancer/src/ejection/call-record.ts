/** How the calls to one instance ended, as far as ejection is concerned. */
export class CallRecord {
  /** Failures since the last success. */
  consecutiveFailures = 0;
  /** In the interval that is running. */
  successes = 0;
  failures = 0;
  /** Ejections in a row: how many times as long the next one lasts, less one. */
  ejections = 0;
  /** Back from an ejection, and without a success since: its first failure ejects. */
  onTrial = false;
  /** Calls that were picked before this time count no more: they met an instance as it was before its ejection. */
  countsFromMs: number;

  constructor(now: number) {
    this.countsFromMs = now;
  }

  get calls(): number {
    return this.successes + this.failures;
  }

  add(failed: boolean): void {
    if (failed) {
      this.failures++;
      this.consecutiveFailures++;
      return;
    }
    this.successes++;
    this.consecutiveFailures = 0;
    this.onTrial = false;
  }

  startInterval(): void {
    this.successes = 0;
    this.failures = 0;
  }

  /** It served that many intervals without an ejection. */
  forgive(intervals: number): void {
    this.ejections = Math.max(0, this.ejections - intervals);
  }

  /** Back in service after an ejection. */
  startTrial(now: number): void {
    this.startInterval();
    this.consecutiveFailures = 0;
    this.onTrial = true;
    this.countsFromMs = now;
  }
}
