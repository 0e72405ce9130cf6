import type { Part } from './reconciler.js';

interface DoneRound {
  readonly project: string;
  readonly ended: number;
  readonly found: Readonly<Record<string, number>>;
  readonly failed: readonly Part[];
}

/** What the rounds of this process came to, of all projects together. */
export class RoundTally {
  readonly findings = new Map<string, number>();
  readonly failed = new Map<Part, number>();
  private readonly goodAt = new Map<string, number>();

  constructor(projects: Iterable<string>) {
    for (const project of projects) this.goodAt.set(project, 0);
  }

  add({ project, ended, found, failed }: DoneRound): void {
    for (const [conclusion, count] of Object.entries(found)) increase(this.findings, conclusion, count);
    for (const part of failed) increase(this.failed, part, 1);
    if (failed.length === 0) this.goodAt.set(project, ended);
  }

  addExpired(count: number): void {
    increase(this.findings, 'expired', count);
  }

  /** In ms: since when every project has had a round without a failure; 0 before that. */
  get allGoodAt(): number {
    return this.goodAt.size === 0 ? 0 : Math.min(...this.goodAt.values());
  }
}

function increase<K>(counts: Map<K, number>, key: K, by: number): void {
  counts.set(key, (counts.get(key) ?? 0) + by);
}
