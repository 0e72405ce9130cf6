import { setTimeout as pause } from 'node:timers/promises';
import type { Logger } from '@nestjs/common';
import type pg from 'pg';
import { OwnConnection } from './own-connection.js';
import { type Milestone, milestoneColumns, placeSql, type Promised, Replica, type ReplicaState } from './replica.js';

const LOOK_MS = 100;
const SOON_MS = 3;

const primarySql = `select ${milestoneColumns}, ${placeSql} as place from pg_current_snapshot() as now`;

const sentences: Readonly<Record<Exclude<ReplicaState, 'late'>, string>> = {
  ok: 'answers questions',
  away: 'is away: the primary answers questions',
  foreign: 'is no standby of this database any more: the primary answers questions',
};

export class Replicas {
  readonly all: readonly Replica[];
  /** Statements that failed at a replica, and that the primary was asked. */
  askedAgain = 0;
  private readonly promised: Promised;
  private readonly primary: OwnConnection;
  private readonly logged = new Map<Replica, ReplicaState>();
  private readonly timer: NodeJS.Timeout | undefined;
  private looking = false;
  private next = 0;

  constructor(
    private readonly queries: pg.Pool,
    pools: readonly pg.Pool[],
    private readonly options: { readonly maxLagMs: number; readonly logger: Logger },
  ) {
    this.promised = { maxLagMs: options.maxLagMs, told: { lsn: 0, xmax: 0 }, place: null };
    this.all = pools.map((pool) => new Replica(pool, this.promised));
    this.primary = new OwnConnection(queries, () => undefined);
    if (pools.length === 0) return;
    void this.look();
    this.timer = setInterval(() => void this.look(), LOOK_MS).unref();
  }

  get connections(): number {
    return this.queries.options.max * Math.max(1, this.fresh.length);
  }

  /** The one that does least; null: the primary answers. */
  pick(): Replica | null {
    const { fresh } = this;
    this.next++;
    let least: Replica | null = null;
    for (let at = 0; at < fresh.length; at++) {
      const replica = fresh[(this.next + at) % fresh.length]!;
      if (least === null || replica.busy < least.busy) least = replica;
    }
    return least;
  }

  /** Resolves once whoever may answer shows this moment of the primary: clients can be told of it, and then ask. */
  async reach(milestone: Milestone): Promise<void> {
    for (;;) {
      const behind = this.fresh.filter((replica) => !replica.shows(milestone));
      if (behind.length === 0) break;
      await Promise.all(behind.map((replica) => replica.look()));
      if (behind.some((replica) => replica.isFresh && !replica.shows(milestone))) await pause(SOON_MS);
    }
    const { told } = this.promised;
    this.promised.told = { lsn: Math.max(told.lsn, milestone.lsn), xmax: Math.max(told.xmax, milestone.xmax) };
  }

  async end(): Promise<void> {
    clearInterval(this.timer);
    this.primary.end();
    await Promise.all(this.all.map((replica) => replica.end()));
  }

  private get fresh(): readonly Replica[] {
    return this.all.length === 0 ? this.all : this.all.filter((replica) => replica.isFresh);
  }

  private async look(): Promise<void> {
    if (this.looking) return;
    this.looking = true;
    await this.sample().catch(() => undefined);
    this.looking = false;
    for (const replica of this.all) void replica.look().then(() => this.log(replica));
  }

  private async sample(): Promise<void> {
    const at = performance.now();
    const [now] = await this.primary.ask<Milestone & { place: string }>(primarySql);
    this.promised.place = now!.place;
    for (const replica of this.all) replica.expect(now!, at);
  }

  private log(replica: Replica): void {
    const { state } = replica;
    if (state === 'late' || state === this.logged.get(replica)) return;
    this.logged.set(replica, state);
    const sentence = `Replica ${this.all.indexOf(replica) + 1} ${sentences[state]}.`;
    if (state === 'ok') this.options.logger.log(sentence);
    else this.options.logger.warn(sentence);
  }
}
