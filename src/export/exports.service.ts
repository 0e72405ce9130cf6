import type { ServerResponse } from 'node:http';
import { Injectable, type OnModuleDestroy } from '@nestjs/common';
import type { Scope } from '../access/scope.js';
import type { Reading } from '../read/reading.js';
import type { LogReaders } from '../log/readers.js';
import { Ledgers } from '../ledgers/ledgers.service.js';
import { Refusal } from '../http/refusal.js';
import { Settings } from '../settings/settings.js';
import { endWhenSlow } from './end-when-slow.js';

/** In all, but every project may have one. */
const MAX_EXPORTS = 16;

/** Each export ends when its response closes. */
@Injectable()
export class Exports implements OnModuleDestroy {
  readonly patienceMs: number = 60_000;
  private readonly underWay = new Map<ServerResponse, string>();

  constructor(
    private readonly ledgers: Ledgers,
    private readonly settings: Settings,
  ) {}

  /** @param ofLog nothing is dropped from the log meanwhile @throws Refusal 503 TOO_MANY_EXPORTS */
  async begin(scope: Scope, response: ServerResponse, ofLog: boolean): Promise<Reading> {
    const { readings, logReaders } = this.ledgers.of(scope.project);
    this.requirePlace(scope.project);
    this.underWay.set(response, scope.project);
    if (response.destroyed) this.underWay.delete(response);
    response.setMaxListeners(20).once('close', () => this.underWay.delete(response));
    if (ofLog) await holdLog(logReaders, response);
    endWhenSlow(response, { everyMs: this.patienceMs, rate: this.settings.exportMinRate });
    return readings.ofFile(scope, response);
  }

  onModuleDestroy(): void {
    for (const response of this.underWay.keys()) response.destroy();
  }

  private requirePlace(project: string): void {
    const ofProject = [...this.underWay.values()].filter((one) => one === project).length;
    const most = this.settings.exportsPerProject;
    if (ofProject >= most) throw full(`${most} exports of the project`);
    if (ofProject > 0 && this.underWay.size >= MAX_EXPORTS) throw full(`${this.underWay.size} exports`);
  }
}

async function holdLog(readers: LogReaders, response: ServerResponse): Promise<void> {
  const leave = await readers.enter();
  if (response.destroyed) leave();
  response.once('close', leave);
}

function full(what: string): Refusal {
  return new Refusal(503, 'TOO_MANY_EXPORTS', `${what} are under way, as many as there may be.`);
}
