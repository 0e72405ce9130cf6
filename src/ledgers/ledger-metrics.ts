import { Counter, Gauge, Histogram, Registry } from 'prom-client';
import type { Database } from '../database/database.js';
import type { Committed } from '../intake/commit.js';
import type { IntakeEvents } from '../intake/intake-events.service.js';
import type { Intake } from '../intake/intake.service.js';
import type { Upkeep } from '../reconcile/upkeep.service.js';
import type { LogTail } from '../stream/log-tail.service.js';

interface Parts {
  readonly events: IntakeEvents;
  readonly intake: Intake;
  readonly upkeep: Upkeep;
  readonly tail: LogTail;
  readonly database: Database;
}

/** No label names a project, room or person, because the path needs no token. */
export class LedgerMetrics {
  private readonly registry = new Registry();
  private readonly events = this.counter('events_total', 'Deliveries by what became of them.', ['outcome']);
  private readonly problems = this.counter('problem_events_total', 'Events kept in the log with a problem.');
  private readonly differing = this.counter(
    'differing_deliveries_total',
    'Deliveries of a known event with another body.',
  );
  private readonly batches = this.histogram('batch_events', 'Deliveries that were committed together.', sizes);
  private readonly commits = this.histogram('commit_seconds', 'How long a commit took.', seconds);
  private readonly drains = this.counter('spool_drained_total', 'Events out of the spool that were committed.');
  private readonly entries = this.gauge('spool_entries', 'Events in the spool.');
  private readonly bytes = this.gauge('spool_bytes', 'What the spool holds, in bytes.');
  private readonly oldest = this.gauge(
    'spool_oldest_timestamp_seconds',
    'When its oldest event arrived; 0 when it is empty.',
  );
  private readonly setAside = this.gauge('spool_set_aside', 'Entries of the spool that could not be read.');
  private readonly lost = this.gauge('spool_lost', 'Events that the spool took and that its disk lacks.');
  private readonly held = this.gauge(
    'streams_held_seconds',
    'How long the oldest running transaction has held streams back; 0 while nobody subscribes.',
  );
  private readonly lag = this.gauge('replica_lag_seconds', 'How old what a replica shows is at most.', ['replica']);
  private readonly answers = this.gauge('replica_ok', 'Whether a replica answers questions.', ['replica']);
  private readonly askedAgain = this.counter(
    'replica_failures_total',
    'Statements that failed at a replica, and that the primary was asked.',
  );
  private readonly findings = this.counter('findings_total', 'What upkeep found out, by conclusion.', ['conclusion']);
  private readonly failedRounds = this.counter(
    'reconcile_failed_rounds_total',
    'Rounds in which LiveKit did not tell a part.',
    ['part'],
  );
  private readonly goodRound = this.gauge(
    'reconcile_good_timestamp_seconds',
    'When the last round without a failure ended, of the project where that is longest ago; 0 before the first.',
  );

  constructor(private readonly parts: Parts) {
    const { events } = parts;
    for (const outcome of ['committed', 'known', 'spooled']) this.events.inc({ outcome }, 0);
    events.on('committed', (batch, took) => this.countBatch(batch, took));
    events.on('spooled', (count) => this.events.inc({ outcome: 'spooled' }, count));
    events.on('drained', (count) => this.drains.inc(count));
  }

  async render(labels: object): Promise<string> {
    this.held.set(this.parts.tail.heldSeconds);
    this.noteReplicas();
    await this.noteSpool();
    this.noteRounds();
    this.registry.setDefaultLabels(labels);
    return this.registry.metrics();
  }

  private async noteSpool(): Promise<void> {
    const { spool } = this.parts.intake;
    this.entries.set(spool.entries);
    this.bytes.set(spool.bytes);
    this.setAside.set(spool.setAside);
    this.lost.set(spool.lost);
    this.oldest.set(((await spool.oldest()) ?? 0) / 1000);
  }

  private noteRounds(): void {
    const { findings, failed, allGoodAt } = this.parts.upkeep.tally;
    this.goodRound.set(allGoodAt / 1000);
    this.findings.reset();
    for (const [conclusion, count] of findings) this.findings.inc({ conclusion }, count);
    this.failedRounds.reset();
    for (const [part, count] of failed) this.failedRounds.inc({ part }, count);
  }

  private noteReplicas(): void {
    const { all, askedAgain } = this.parts.database.replicas;
    for (const [at, { lagMs, state }] of all.entries()) {
      const replica = String(at + 1);
      this.lag.set({ replica }, lagMs / 1000);
      this.answers.set({ replica }, state === 'ok' ? 1 : 0);
    }
    this.askedAgain.reset();
    this.askedAgain.inc(askedAgain);
  }

  private countBatch({ fresh, known, problems, differing }: Committed, took: number): void {
    this.events.inc({ outcome: 'committed' }, fresh);
    this.events.inc({ outcome: 'known' }, known);
    this.problems.inc(problems);
    this.differing.inc(differing);
    this.batches.observe(fresh + known);
    this.commits.observe(took);
  }

  private counter<T extends string = never>(name: string, help: string, labelNames: readonly T[] = []): Counter<T> {
    return new Counter({ name: `roomledger_${name}`, help, labelNames, registers: [this.registry] });
  }

  private gauge<T extends string = never>(name: string, help: string, labelNames: readonly T[] = []): Gauge<T> {
    return new Gauge({ name: `roomledger_${name}`, help, labelNames, registers: [this.registry] });
  }

  private histogram(name: string, help: string, buckets: number[]): Histogram {
    return new Histogram({ name: `roomledger_${name}`, help, buckets, registers: [this.registry] });
  }
}

const sizes = [1, 2, 5, 10, 20, 50, 100, 200, 500];
const seconds = [0.002, 0.005, 0.01, 0.02, 0.05, 0.1, 0.2, 0.5, 1, 2, 5, 10, 30];
