import type { Logger } from '@nestjs/common';

/** Whether the database is known to be away. Logs each change once. */
export class Outage {
  private since: number | null = null;

  constructor(
    private readonly logger: Logger,
    private readonly consequence: string,
  ) {}

  get away(): boolean {
    return this.since !== null;
  }

  begin(error: unknown): void {
    if (this.since !== null) return;
    this.since = performance.now();
    const reason = error instanceof Error ? error.message : String(error);
    this.logger.error(`The database is away (${reason}): ${this.consequence}.`);
  }

  end(): void {
    if (this.since === null) return;
    const seconds = Math.ceil((performance.now() - this.since) / 1000);
    this.since = null;
    this.logger.log(`The database is back, after ${seconds} s.`);
  }
}
