import { randomUUID } from 'node:crypto';
import { setTimeout as pause } from 'node:timers/promises';
import { type BeforeApplicationShutdown, Injectable, type Logger, type OnApplicationBootstrap } from '@nestjs/common';
import { loggerOf } from '../database/logger-of.js';
import { Database } from '../database/database.js';
import { Writer } from '../erased/writer.js';
import { isAway, isPassing } from '../database/failure.js';
import { Clock } from '../settings/clock.js';
import { Settings } from '../settings/settings.js';
import type { SessionKind } from '../projection/finding.js';
import { expire } from '../upkeep/expiry.js';
import { Lease } from '../upkeep/lease.js';
import type { ProjectUrl } from '../settings/livekit-accounts.js';
import { noteLosses } from './webhook-losses.js';
import { LivekitApi, reasonOf } from './livekit-api.js';
import { RoundTally } from './round-tally.js';
import { type Part, Reconciler, type Round } from './reconciler.js';

const RENEW_MS = 5_000;
const ROUND_MS = 60_000;
const STOP_MS = 5_000;
/** After a round in doubt, where the one before it was not. */
const SECOND_LOOK_MS = 15_000;
/** A failure that lasts is told once an hour. */
const SILENCE_MS = 3_600_000;

const partOf: Record<SessionKind, Part> = {
  ROOM: 'rooms',
  PARTICIPANT: 'rooms',
  TRACK: 'rooms',
  AGENT_JOB: 'rooms',
  EGRESS: 'egress',
  INGRESS_SESSION: 'ingress',
};

const parts = [...new Set(Object.values(partOf))];

export interface LastRound {
  readonly project: string;
  readonly began: number;
  readonly ended: number;
  readonly found: Readonly<Record<string, number>>;
  readonly confirmed: number;
  readonly failed: readonly Part[];
}

/** Once a minute, on one replica: asks LiveKit what is still there, and ends what nobody ends. */
@Injectable()
export class Upkeep implements OnApplicationBootstrap, BeforeApplicationShutdown {
  /** By project; of this replica, while it leads. */
  readonly lastRounds = new Map<string, LastRound>();
  readonly tally: RoundTally;
  private readonly logger: Logger;
  private readonly lease: Lease;
  private readonly writer: Writer;
  private readonly reconcilers: readonly Reconciler[];
  private readonly succeeded = new Map<string, number>();
  /** By project: what failed when it was told, and when. */
  private readonly told = new Map<string, { readonly at: number; readonly parts: readonly Part[] }>();
  private readonly toldOfMetrics = new Map<string, number>();
  private timer: NodeJS.Timeout | undefined;
  private running: Promise<void> | null = null;
  private roundAt = -Infinity;
  private pauseMs = ROUND_MS;

  constructor(
    private readonly database: Database,
    private readonly settings: Settings,
    private readonly clock: Clock,
  ) {
    this.logger = loggerOf(database, 'Upkeep');
    this.writer = new Writer(database);
    this.tally = new RoundTally(settings.livekitAccounts.keys());
    this.lease = new Lease(database, 'upkeep', randomUUID());
    this.reconcilers = Array.from(
      settings.livekitAccounts,
      ([project, account]) => new Reconciler(this.writer, project, new LivekitApi(account)),
    );
  }

  onApplicationBootstrap(): void {
    const { expireAfterMs, livekitMetrics } = this.settings;
    if (expireAfterMs === null && this.reconcilers.length + livekitMetrics.length === 0) return;
    const start = (): void => void (this.running ??= this.turn().finally(() => (this.running = null)));
    this.timer = setInterval(start, RENEW_MS).unref();
    start();
  }

  async beforeApplicationShutdown(): Promise<void> {
    clearInterval(this.timer);
    // A long round goes on in the next leader.
    await Promise.race([this.running, pause(STOP_MS, null, { ref: false })]);
    if (this.timer !== undefined) await this.lease.release().catch(() => undefined);
  }

  private async turn(): Promise<void> {
    try {
      if (!(await this.lease.take())) return this.lastRounds.clear();
      if (performance.now() - this.roundAt < this.pauseMs) return;
      this.roundAt = performance.now();
      const keeping = setInterval(() => void this.lease.take().catch(() => false), RENEW_MS);
      await this.round().finally(() => clearInterval(keeping));
    } catch (error) {
      if (!isAway(error) && !isPassing(error)) this.logger.error(error);
    }
  }

  /** Reconciles every project that has a LiveKit, then ends what is silent for too long. */
  async round(): Promise<void> {
    for (const source of this.settings.livekitMetrics) await this.noteLosses(source);
    let doubtful = false;
    for (const reconciler of this.reconcilers) doubtful = (await this.reconcile(reconciler)) || doubtful;
    this.pauseMs = doubtful && this.pauseMs === ROUND_MS ? SECOND_LOOK_MS : ROUND_MS;
    const ended = await expire(this.writer, {
      now: this.clock.now(),
      expireAfterMs: this.settings.expireAfterMs,
      askedAt: (project, kind) => this.askedAt(project, kind),
    });
    this.tally.addExpired(ended);
    if (ended > 0) this.logger.log(`Ended ${ended} sessions of which nobody has heard for too long.`);
  }

  private async noteLosses(source: ProjectUrl): Promise<void> {
    try {
      await noteLosses(this.database, source, this.clock.now());
    } catch (error) {
      const [, url] = source;
      if (performance.now() - (this.toldOfMetrics.get(url) ?? -Infinity) < SILENCE_MS) return;
      this.toldOfMetrics.set(url, performance.now());
      this.logger.warn(`The metrics at ${url} cannot be read: ${String(error)}`);
    }
  }

  private askedAt(project: string, kind: SessionKind): number | null | undefined {
    if (!this.settings.livekitAccounts.has(project)) return undefined;
    return this.succeeded.get(`${project} ${partOf[kind]}`) ?? null;
  }

  /** @returns whether a second look would tell more */
  private async reconcile(reconciler: Reconciler): Promise<boolean> {
    const { project } = reconciler;
    const round = await reconciler.judge(this.clock.now());
    await reconciler.record(round, this.clock.now());
    this.note(project, round);
    const found: Record<string, number> = {};
    for (const { conclusion } of round.findings) found[conclusion.name] = (found[conclusion.name] ?? 0) + 1;
    const confirmed = round.sightings.length;
    const failed = [...round.failures.keys()];
    this.lastRounds.set(project, { project, began: round.began, ended: this.clock.now(), found, confirmed, failed });
    this.tally.add(this.lastRounds.get(project)!);
    if (round.findings.length > 0) {
      this.logger.log({ msg: 'LiveKit was asked, and what it told was recorded.', project, found });
    }
    return round.doubtful;
  }

  private note(project: string, { began, failures }: Round): void {
    for (const part of parts) if (!failures.has(part)) this.succeeded.set(`${project} ${part}`, began);
    const failed = [...failures.keys()];
    const told = this.told.get(project);
    if (failed.length === 0) {
      if (this.told.delete(project)) this.logger.log({ msg: 'LiveKit tells again what it has.', project });
    } else if (!told || began - told.at >= SILENCE_MS || failed.some((part) => !told.parts.includes(part))) {
      this.told.set(project, { at: began, parts: failed });
      const why = reasonOf([...failures.values()][0]);
      const msg = `LiveKit does not tell its ${failed.join(', ')}: ${why}. Nothing of that is ended meanwhile.`;
      this.logger.warn({ msg, project });
    }
  }
}
