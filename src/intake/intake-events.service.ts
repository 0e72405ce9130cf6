import { EventEmitter } from 'node:events';
import { Injectable } from '@nestjs/common';
import type { Committed } from './commit.js';

interface Payloads {
  /** A batch is committed; how long that took, in seconds. */
  committed: [batch: Committed, seconds: number];
  /** So many events went to the spool. */
  spooled: [events: number];
  /** So many events of the spool are committed. */
  drained: [events: number];
  /** A webhook was refused with this code. */
  refused: [code: string];
}

/** What happens to webhooks, for whoever counts it. */
@Injectable()
export class IntakeEvents extends EventEmitter<Payloads> {}
