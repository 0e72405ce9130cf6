import {
  Injectable,
  type BeforeApplicationShutdown,
  type OnApplicationBootstrap,
  type OnApplicationShutdown,
} from '@nestjs/common';
import { loggerOf } from '../database/logger-of.js';
import { Writer } from '../erased/writer.js';
import { readEvent } from '../livekit/event.js';
import type { JsonObject } from '../livekit/json.js';
import { Refusal } from '../http/refusal.js';
import { Committer, type CommitterParts } from './committer.js';
import { IntakeEvents } from './intake-events.service.js';
import { Outage } from './outage.js';
import { Recovery } from './recovery.js';
import { Spool } from './spool/spool.js';

export interface Delivery {
  project: string;
  event: JsonObject;
  /** ms */
  receivedAt: number;
  bytes: number;
}

/** Refusing: the database is away, and the spool takes nothing. */
export type IntakeState = 'committing' | 'spooling' | 'refusing';

const MAX_WAITING = 20_000;

@Injectable()
export class Intake implements OnApplicationBootstrap, BeforeApplicationShutdown, OnApplicationShutdown {
  private readonly parts: CommitterParts;
  private readonly committer: Committer;
  private readonly recovery: Recovery;
  private waiting = 0;

  constructor(
    writer: Writer,
    readonly spool: Spool,
    events: IntakeEvents,
  ) {
    const logger = loggerOf(writer, 'Intake');
    const outage = new Outage(logger, spool.enabled ? 'events go to the spool' : 'events are refused until it is back');
    this.parts = { writer, spool, outage, events, logger };
    this.committer = new Committer(this.parts);
    this.recovery = new Recovery(this.parts, this.committer);
    spool.onMended = () => this.recovery.wake();
  }

  get state(): IntakeState {
    if (!this.parts.outage.away) return 'committing';
    return this.spool.takes ? 'spooling' : 'refusing';
  }

  get blocked(): number {
    return this.committer.blocked;
  }

  /**
   * Resolves once the event is committed or durably spooled.
   * @throws Refusal 503 `UNAVAILABLE` if neither is possible or too many events wait
   */
  async accept({ project, event, receivedAt, bytes }: Delivery): Promise<void> {
    if (this.waiting >= MAX_WAITING) {
      throw new Refusal(503, 'UNAVAILABLE', 'More events wait for the database than the service can hold.');
    }
    this.waiting++;
    try {
      await this.committer.add({ event: readEvent(project, event, receivedAt), spooled: false }, bytes);
    } finally {
      this.waiting--;
      if (this.parts.outage.away || this.parts.spool.entries > 0) this.recovery.wake();
    }
  }

  onApplicationBootstrap(): void {
    if (this.parts.spool.entries > 0) this.recovery.wake();
  }

  /** Requests are accepted until the next hook, so this must not wait for the committer. */
  beforeApplicationShutdown(): Promise<void> {
    return this.recovery.stop();
  }

  async onApplicationShutdown(): Promise<void> {
    await this.committer.idle();
    await this.parts.spool.close();
  }
}
