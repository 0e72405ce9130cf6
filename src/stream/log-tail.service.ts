import { Injectable, type Logger, type OnApplicationShutdown } from '@nestjs/common';
import { loggerOf } from '../database/logger-of.js';
import { Database } from '../database/database.js';
import { logIsDistributed } from '../database/distributed-log.js';
import { OwnConnection } from '../database/own-connection.js';
import { IntakeEvents } from '../intake/intake-events.service.js';
import { readLogDrop } from '../log/drops.js';
import { LogReaders } from '../log/readers.js';
import { requireKept } from './kept.js';
import { isBefore, logPosition, type LogPosition } from './log-position.js';
import { type Horizon, readHorizon, readStep, type Step } from './log-step.js';

/** What followers of a project are told. A swap has no step: any row may be another. */
export type News = Step | 'swapped';
/** Erased: what was read before may hold what was erased. */
type Follower = (news: News | 'erased') => void;

export interface Following {
  readonly from: LogPosition;
  leave(): void;
}

interface Project {
  position: LogPosition;
  readonly followers: Set<Follower>;
}

/** How often the log is looked at; commits of this process are seen sooner. */
const POLL_MS = 100;
/** Looks are this far apart, however many commit. */
const LEAST_MS = 30;
const RETRY_MS = 500;

/**
 * Reads the log in its order, once for all who follow it in this process, and up to the oldest running transaction: no
 * event can turn up before that. Looks by itself, because what ends the other's transaction sends no notice; so it needs
 * none of commits by other replicas either.
 */
@Injectable()
export class LogTail implements OnApplicationShutdown {
  private readonly logger: Logger;
  private readonly connection: OwnConnection;
  private readonly projects = new Map<string, Project>();
  private readonly joining: (() => void)[] = [];
  private horizon: Horizon | null = null;
  private heldSince: number | null = null;
  private failing = false;
  private running = false;
  private stopped = false;
  private wake: () => void = () => undefined;

  constructor(
    private readonly database: Database,
    intake: IntakeEvents,
    private readonly logReaders: LogReaders,
  ) {
    this.logger = loggerOf(database, 'Streams');
    this.connection = new OwnConnection(database.queries, () => undefined);
    intake.on('committed', ({ fresh }) => {
      if (fresh > 0) this.wake();
    });
  }

  onApplicationShutdown(): void {
    this.stopped = true;
    this.wake();
    this.connection.end();
  }

  /** How long the oldest running transaction has held streams back; 0 while nobody follows. */
  get heldSeconds(): number {
    return this.heldSince === null ? 0 : (performance.now() - this.heldSince) / 1000;
  }

  /** Up to where a project's log can be read. */
  positionOf(project: string): LogPosition | null {
    return this.projects.get(project)?.position ?? null;
  }

  /**
   * What is still to be read of the log is not dropped until the returned function is called.
   * @throws Refusal CURSOR_EXPIRED if it was dropped before
   */
  async resume(after: LogPosition): Promise<() => void> {
    const leave = await this.logReaders.enter();
    try {
      const drop = await readLogDrop(this.database.queries);
      requireKept(after, drop && logPosition(drop.epoch, drop.xid, drop.seq));
      return leave;
    } catch (error) {
      leave();
      throw error;
    }
  }

  /** Resolves once the log was looked at. */
  async follow(project: string, follower: Follower): Promise<Following> {
    const looked = new Promise<void>((resolve) => this.joining.push(resolve));
    this.run();
    this.wake();
    await looked;
    const known = this.projects.get(project) ?? { position: this.horizon!.position, followers: new Set() };
    this.projects.set(project, known);
    known.followers.add(follower);
    return { from: known.position, leave: () => this.leave(project, follower) };
  }

  private leave(project: string, follower: Follower): void {
    const known = this.projects.get(project);
    known?.followers.delete(follower);
    if (known?.followers.size === 0) this.projects.delete(project);
  }

  private run(): void {
    if (this.running || this.stopped) return;
    this.running = true;
    void this.loop().finally(() => {
      this.running = false;
      this.heldSince = null;
      this.connection.end();
    });
  }

  private async loop(): Promise<void> {
    while (!this.stopped && this.projects.size + this.joining.length > 0) {
      const began = performance.now();
      const joining = this.joining.length;
      await this.look().then(
        () => this.joining.splice(0, joining).forEach((joined) => joined()),
        (error: unknown) => this.fail(error),
      );
      await this.pause(began);
    }
  }

  private async pause(began: number): Promise<void> {
    let poll: NodeJS.Timeout | undefined;
    if (this.joining.length === 0) {
      await new Promise<void>((resolve) => {
        this.wake = resolve;
        poll = setTimeout(resolve, POLL_MS);
      });
    }
    clearTimeout(poll);
    this.wake = () => undefined;
    const rest = began + LEAST_MS - performance.now();
    if (rest > 0) await new Promise((resolve) => setTimeout(resolve, rest));
  }

  private async look(): Promise<void> {
    const horizon = await readHorizon(this.connection, await logIsDistributed(this.database.queries));
    await this.database.replicas.reach(horizon.milestone);
    const before = this.horizon;
    this.horizon = horizon;
    const moved = before === null || isBefore(before.position, horizon.position);
    if (moved || !horizon.held) this.heldSince = null;
    if (horizon.held) this.heldSince ??= performance.now();
    if (before !== null && before.erasures !== horizon.erasures) this.tellAll('erased');
    await Promise.all(Array.from(this.projects, ([name, project]) => this.advance(name, project)));
    if (before !== null && before.tables !== horizon.tables) this.tellAll('swapped');
    if (this.failing) this.logger.log('The log can be read again.');
    this.failing = false;
  }

  private async advance(name: string, project: Project): Promise<void> {
    const until = this.horizon!.position;
    while (isBefore(project.position, until)) {
      const step = await readStep(this.connection, { project: name, from: project.position, until });
      project.position = step?.upTo ?? until;
      if (step !== null) for (const tell of project.followers) tell(step);
    }
  }

  private tellAll(news: 'swapped' | 'erased'): void {
    for (const { followers } of this.projects.values()) for (const tell of followers) tell(news);
  }

  private async fail(error: unknown): Promise<void> {
    if (!this.failing && !this.stopped) this.logger.warn(`Streams wait: ${String(error)}`);
    this.failing = true;
    await new Promise((resolve) => setTimeout(resolve, RETRY_MS));
  }
}
