import type { ServerResponse } from 'node:http';
import { Injectable, type OnModuleDestroy } from '@nestjs/common';
import type { Scope } from '../access/scope.js';
import { Readings } from '../read/readings.service.js';
import { Refusal } from '../http/refusal.js';
import { StoppableReading } from './stoppable-reading.js';

const MAX_EXPORTS = 4;

/** Each export ends when its response closes. */
@Injectable()
export class Exports implements OnModuleDestroy {
  readonly patienceMs: number = 60_000;
  private readonly underWay = new Set<ServerResponse>();

  constructor(private readonly readings: Readings) {}

  /** @throws Refusal 503 TOO_MANY_EXPORTS */
  begin(scope: Scope, response: ServerResponse): StoppableReading {
    if (this.underWay.size >= MAX_EXPORTS) {
      throw new Refusal(503, 'TOO_MANY_EXPORTS', `${MAX_EXPORTS} exports are under way, as many as there may be.`);
    }
    this.underWay.add(response);
    const signal = this.untilClosed(response);
    return new StoppableReading({ ...this.readings.tables, names: null }, scope, { now: this.readings.now, signal });
  }

  onModuleDestroy(): void {
    for (const response of this.underWay) response.destroy();
  }

  private untilClosed(response: ServerResponse): AbortSignal {
    const controller = new AbortController();
    const end = (): void => {
      this.underWay.delete(response);
      controller.abort();
    };
    if (response.destroyed) end();
    response.once('close', end);
    response.setTimeout(this.patienceMs, () => response.destroy());
    return controller.signal;
  }
}
