import type { Pool, QueryConfig } from 'pg';
import type { Scope } from '../access/scope.js';
import type { Takes } from '../database/driver/fast-query.js';
import type { Replicas } from '../database/replicas.js';
import { settledSnapshot, type Unsettled, unsettledSql } from '../database/distributed-log.js';
import { Refusal } from '../http/refusal.js';
import { Answerer, type Asked } from './answerer.js';
import { shownTypes } from './time-format.js';
import { StatementBuilder } from './statement.js';
import type { StatementNames } from './statement-names.js';
import { type Asker, busy, type Turns } from './turns.js';

/** A row by the API's field names. */
export type Row = Readonly<Record<string, unknown>>;

export interface Tables {
  /** The primary's. */
  readonly pool: Pool;
  readonly replicas: Replicas;
  readonly logIsDistributed: boolean;
  /** Null: prepare nothing. */
  readonly names: StatementNames | null;
  readonly turns: Turns;
}

export interface ReadingLimits {
  /** Of all rows, as the database writes them, and of the answer. */
  readonly bytes: number;
  readonly time: number;
  /** How long the request may wait for turns while nothing of it runs, in ms. */
  readonly wait: number;
}

export interface FirstRows {
  readonly rows: Row[];
  readonly bytes: number;
  /** Whether there are more, that were not read. */
  readonly cut: boolean;
}

/** How many times its `bytes` the rows of a token's, and of a project's requests may take together. */
const SHARES = { token: 2, project: 4 };
const STEP = 64 * 2 ** 10;

/** One request reads at one instant, within one scope and its limits. What is over one of them ends it all. */
export class Reading {
  /** What was read so far, and how many parents share a row at most. */
  readonly read = { bytes: 0, rows: 0, sharing: 1 };
  private readonly made = new Map<object, unknown>();
  private readonly answerer: Answerer;
  private readonly asker: Asker;
  private failure: Refusal | null = null;
  private held = 0;
  private time = 0;
  private since = 0;

  constructor(
    private readonly tables: Tables,
    readonly scope: Scope,
    private readonly at: { readonly now: string; readonly limits: ReadingLimits },
  ) {
    this.answerer = new Answerer(tables.pool, tables.replicas);
    this.asker = tables.turns.asker(scope, {
      patience: at.limits.wait,
      tick: () => this.tick(),
      advance: () => this.advance(),
    });
  }

  get now(): string {
    return this.at.now;
  }

  get limits(): ReadingLimits {
    return this.at.limits;
  }

  get lag(): number {
    return this.answerer.lagMs / 1000;
  }

  get stopped(): boolean {
    return this.failure === gone;
  }

  statement(): StatementBuilder {
    return new StatementBuilder(this.scope, { now: this.now, logIsDistributed: this.tables.logIsDistributed });
  }

  /** Where a stream begins that resumes from what is read after this: on the coordinator, and without what is prepared. */
  async horizon(): Promise<string> {
    const [row] = await this.ask(`select epoch, seen.* from log_epoch, (${unsettledSql()}) seen`);
    const { epoch, ...seen } = row as unknown as Unsettled & { epoch: number };
    return `${epoch}:${settledSnapshot(seen).split(':')[0]}`;
  }

  rows(statement: StatementBuilder, sql: string): Promise<Row[]> {
    return this.run({ text: statement.text(sql), values: statement.values, types: shownTypes }, this.takes);
  }

  ask(text: string): Promise<Row[]> {
    return this.run({ text, types: shownTypes }, this.takes);
  }

  /** For statements that one plan fits for all values. */
  rowsOfPrepared(statement: StatementBuilder, sql: string): Promise<Row[]> {
    const text = statement.text(sql);
    const name = this.tables.names?.of(text);
    return this.run(
      { ...(name !== undefined && { name }), text, values: statement.values, types: shownTypes },
      this.takes,
    );
  }

  /** The first rows, as many as `most` bytes hold, but at least one. */
  async firstRows(statement: StatementBuilder, sql: string, most: number): Promise<FirstRows> {
    let [bytes, cut] = [0, false];
    let cancel: () => void;
    const takes = (row: number): boolean => {
      cut = bytes > 0 && bytes + row > most;
      if (cut) cancel();
      else bytes += row;
      return !cut;
    };
    const config = { text: statement.text(sql), values: statement.values, types: shownTypes };
    const rows = await this.run(config, takes, (begun) => (cancel = begun));
    return { rows, bytes, cut };
  }

  /** Shares a value among all rows at one place of the query. */
  once<T>(place: object, make: () => T): T {
    const found = this.made.get(place);
    if (found !== undefined) return found as T;
    const made = make();
    this.made.set(place, made);
    return made;
  }

  /** Counts what the answer holds beside rows. @throws Refusal ANSWER_TOO_LARGE or BUSY */
  charge(bytes: number): void {
    if (!this.takes(bytes)) throw this.failure!;
  }

  shares(parents: number): void {
    this.read.sharing = Math.max(this.read.sharing, parents);
  }

  /** Set once the request was over a limit. */
  get refused(): Refusal | null {
    return this.stopped ? null : this.failure;
  }

  /** Cancels what runs, and refuses what comes. */
  stop(why: Refusal = gone): void {
    this.failure ??= why;
    if (why === gone) this.releases();
    this.tables.turns.dismiss(this.asker, why);
    this.answerer.cancel();
  }

  private async run(config: QueryConfig, takes: Takes, begun?: Asked['begun']): Promise<Row[]> {
    await this.begin();
    try {
      const { rows } = await this.answerer.read<Row>(config, { takes, over: () => this.failure, begun });
      if (this.failure !== null) throw this.failure;
      this.read.rows += rows.length;
      return rows;
    } catch (error) {
      throw this.failure ?? error;
    } finally {
      this.tick();
      this.tables.turns.leave(this.asker);
    }
  }

  private async begin(): Promise<void> {
    if (this.failure !== null) throw this.failure;
    const turn = this.tables.turns.take(this.asker);
    await turn?.catch((error: Refusal) => {
      this.stop(error);
      throw this.failure!;
    });
  }

  private readonly takes = (bytes: number): boolean => {
    this.read.bytes += bytes;
    return this.read.bytes <= this.held ? this.failure === null : this.holds();
  };

  /** Holds more of what the token and the project may have, in steps, because rows are many. */
  private holds(): boolean {
    if (this.failure !== null) return false;
    const { token, project } = this.asker;
    const { bytes: most } = this.limits;
    const step = this.read.bytes - this.held + STEP;
    this.held += step;
    if (most === Infinity) return true;
    token.bytes += step;
    project.bytes += step;
    if (this.read.bytes > most) this.stop(tooLarge(most));
    else if (token.bytes > SHARES.token * most || project.bytes > SHARES.project * most) this.stop(busy());
    return this.failure === null;
  }

  private releases(): void {
    if (this.limits.bytes === Infinity) return;
    this.asker.token.bytes -= this.held;
    this.asker.project.bytes -= this.held;
  }

  private advance(): void {
    const now = performance.now();
    this.time += this.asker.running * (now - this.since);
    this.since = now;
  }

  private tick(): void {
    this.advance();
    if (this.time > this.limits.time) this.stop(tooLong(this.limits.time));
  }
}

const gone = new Refusal(503, 'UNAVAILABLE', 'The request was given up.');

export function tooLarge(most: number): Refusal {
  const what = `The answer is larger than ${most} bytes`;
  return new Refusal(400, 'ANSWER_TOO_LARGE', `${what}: ask for fewer rows at once, or fewer of their fields.`);
}

function tooLong(most: number): Refusal {
  const what = `The query took more than ${most} ms of the database's time in all`;
  return new Refusal(504, 'TIMEOUT', `${what}: ask for less at once.`);
}
