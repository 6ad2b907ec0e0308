type Release = () => Promise<void> | void;

/**
 * What has been acquired and must be given back: whoever acquires registers the release at once, and `run`
 * gives back last in, first out, also when starting failed half-way. A failing release does not stop the
 * others; the first failure is thrown at the end. `run` is idempotent.
 */
export class Releases {
  private readonly pending: Release[] = [];
  private running: Promise<void> | undefined;

  /** Registers a release; one that comes after `run` began is carried out at once. */
  async add(release: Release): Promise<void> {
    if (this.running) await release();
    else this.pending.push(release);
  }

  run(): Promise<void> {
    this.running ??= this.runAll();
    return this.running;
  }

  private async runAll(): Promise<void> {
    const failures: unknown[] = [];
    for (let release = this.pending.pop(); release; release = this.pending.pop()) {
      try {
        await release();
      } catch (error) {
        failures.push(error);
      }
    }
    if (failures.length > 0) throw failures[0];
  }
}
