import { EventEmitter } from 'node:events';
import { Injectable } from '@nestjs/common';
import type { Committed } from './commit.js';

interface Payloads {
  committed: [batch: Committed, seconds: number];
  spooled: [events: number];
  drained: [events: number];
}

@Injectable()
export class IntakeEvents extends EventEmitter<Payloads> {}
