import { Injectable, Logger, type BeforeApplicationShutdown } from '@nestjs/common';
import { Database } from '../database/database.js';
import { readEvent, type LedgerEvent } from '../livekit/event.js';
import type { JsonObject } from '../livekit/json.js';
import { Refusal } from '../refusal.js';
import { commit } from './commit.js';
import { isAway, isPassing } from '../database/failure.js';
import { Lane } from './lane.js';
import { lockOf } from '../projection/lock.js';

/** An event that a project's key signed, as readBody gives it. */
export interface Delivery {
  project: string;
  event: JsonObject;
  /** ms */
  receivedAt: number;
  /** Of the body: what waits is bounded by it. */
  bytes: number;
}

const LANES = 4;
const MAX_WAITING = 20_000;
const MAX_WAITING_BYTES = 128 * 1024 * 1024;

/** Many requests become one commit. Events of one room name share a lane, so that lanes rarely wait for each other. */
@Injectable()
export class Intake implements BeforeApplicationShutdown {
  private readonly logger = new Logger(Intake.name);
  private readonly lanes: Lane<LedgerEvent>[];
  private waiting = 0;
  private waitingBytes = 0;

  constructor(database: Database) {
    this.lanes = Array.from({ length: LANES }, () => new Lane((events) => commit(database.intake, events)));
  }

  /**
   * Takes an event; kept after it is committed.
   *
   * @throws Refusal 503 `UNAVAILABLE` when the database is away or too much waits already
   */
  async accept({ project, event, receivedAt, bytes }: Delivery): Promise<void> {
    if (this.waiting >= MAX_WAITING || this.waitingBytes + bytes > MAX_WAITING_BYTES) {
      throw new Refusal(503, 'UNAVAILABLE', 'More events wait for the database than the service can hold.');
    }
    this.waiting++;
    this.waitingBytes += bytes;
    try {
      const read = readEvent(project, event, receivedAt);
      await this.laneOf(read).add(read, bytes);
    } catch (error) {
      if (!isAway(error) && !isPassing(error)) throw error;
      this.logger.error(`The database did not take events: ${error instanceof Error ? error.message : String(error)}`);
      throw new Refusal(503, 'UNAVAILABLE', 'The database is away; send the event again.');
    } finally {
      this.waiting--;
      this.waitingBytes -= bytes;
    }
  }

  async beforeApplicationShutdown(): Promise<void> {
    await Promise.all(this.lanes.map((lane) => lane.idle()));
  }

  private laneOf(event: LedgerEvent): Lane<LedgerEvent> {
    return this.lanes[hash(lockOf(event)?.key ?? event.id) % LANES] as Lane<LedgerEvent>;
  }
}

/** FNV-1a */
function hash(text: string): number {
  let value = 0x811c9dc5;
  for (let at = 0; at < text.length; at++) value = Math.imul(value ^ text.charCodeAt(at), 0x01000193);
  return value >>> 0;
}
