import {
  Injectable,
  type BeforeApplicationShutdown,
  type OnApplicationBootstrap,
  type OnApplicationShutdown,
} from '@nestjs/common';
import { Database } from '../database/database.js';
import { readEvent } from '../livekit/event.js';
import type { JsonObject } from '../livekit/json.js';
import { Refusal } from '../http/refusal.js';
import { Committer, type Surroundings } from './committer.js';
import { IntakeObserver } from './intake-events.js';
import { Outage } from './outage.js';
import { Recovery } from './recovery.js';
import { Spool } from './spool/spool.js';

/** An event that a project's key signed, as readBody gives it. */
export interface Delivery {
  project: string;
  event: JsonObject;
  /** ms */
  receivedAt: number;
  /** Of the body: what waits is bounded by it. */
  bytes: number;
}

/** Refusing: the database is away, and the spool, if there is one, takes nothing. */
export type IntakeState = 'committing' | 'spooling' | 'refusing';

const MAX_WAITING = 20_000;
const MAX_WAITING_BYTES = 128 * 1024 * 1024;

/** Takes events: into the database, or, while that is away, into the spool. */
@Injectable()
export class Intake implements OnApplicationBootstrap, BeforeApplicationShutdown, OnApplicationShutdown {
  private readonly around: Surroundings;
  private readonly committer: Committer;
  private readonly recovery: Recovery;
  private waiting = 0;
  private waitingBytes = 0;

  constructor(database: Database, spool: Spool, observer: IntakeObserver) {
    const outage = new Outage(spool.enabled ? 'events go to the spool' : 'events are refused until it is back');
    this.around = { pool: database.intake, spool, outage, observer };
    this.committer = new Committer(this.around);
    this.recovery = new Recovery(this.around, this.committer);
    spool.onMended = () => this.recovery.wake();
  }

  get state(): IntakeState {
    if (!this.around.outage.away) return 'committing';
    return this.around.spool.takes ? 'spooling' : 'refusing';
  }

  /**
   * Takes an event; kept after it is committed, or durably spooled.
   *
   * @throws Refusal 503 `UNAVAILABLE` when neither can be, or too much waits already
   */
  async accept({ project, event, receivedAt, bytes }: Delivery): Promise<void> {
    if (this.waiting >= MAX_WAITING || this.waitingBytes + bytes > MAX_WAITING_BYTES) {
      throw new Refusal(503, 'UNAVAILABLE', 'More events wait for the database than the service can hold.');
    }
    this.waiting++;
    this.waitingBytes += bytes;
    try {
      if (this.around.outage.away && this.around.spool.enabled) await this.keep({ project, event, receivedAt });
      else await this.committer.add({ event: readEvent(project, event, receivedAt), spooled: false }, bytes);
    } finally {
      this.waiting--;
      this.waitingBytes -= bytes;
      if (this.around.outage.away || this.around.spool.entries > 0) this.recovery.wake();
    }
  }

  /** What an earlier run left in the spool. */
  onApplicationBootstrap(): void {
    if (this.around.spool.entries > 0) this.recovery.wake();
  }

  /** Requests go on until the next hook, so nothing here waits until there are none. */
  beforeApplicationShutdown(): Promise<void> {
    return this.recovery.stop();
  }

  async onApplicationShutdown(): Promise<void> {
    await this.committer.idle();
    await this.around.spool.close();
  }

  private async keep(event: Omit<Delivery, 'bytes'>): Promise<void> {
    await this.around.spool.put([event]);
    this.around.observer.spooled(1);
  }
}
