import type { ExecutionResult } from 'graphql';
import type { Scope } from '../access/scope.js';
import { isAway } from '../database/failure.js';
import { Refusal } from '../http/refusal.js';
import { exactJson, ExactJson } from '../read/exact-json.js';
import type { Reading } from '../read/reading.js';
import type { Readings } from '../read/readings.service.js';
import type { Settings } from '../settings/settings.js';
import type { LogPosition } from '../stream/log-position.js';
import type { Ahead, Batch, Item, Source } from '../stream/source.js';
import type { Answering, Checked } from '../graphql/answering.js';
import { nothingSpent } from '../graphql/cost/cost-walk.js';
import { formatResult } from '../graphql/errors.js';
import type { Message, Told } from './ring.js';

export interface Subscribed {
  readonly checked: Checked;
  readonly source: Source;
  readonly scope: Scope;
}

export interface TellingParts {
  readonly answering: Answering;
  readonly readings: Readings;
  readonly settings: Settings;
}

/** Executed together, so that what they show below them is read together. */
const TOGETHER = 20;
const MOST_AT_ONCE = 100;

/** Turns items into messages. What it reads has the limits of a query. */
export class Telling {
  constructor(
    private readonly parts: TellingParts,
    readonly subscribed: Subscribed,
  ) {}

  async read(ahead: Ahead): Promise<{ batch: Batch; messages: Message[] }> {
    const batch = await this.reading((reading) => this.subscribed.source.read(reading, ahead));
    const messages: Message[] = [];
    for (let at = 0; at < batch.items.length; at += TOGETHER) {
      const some = batch.items.slice(at, at + TOGETHER);
      messages.push(...(await this.reading((reading) => Promise.all(some.map((item) => this.tell(item, reading))))));
    }
    return { batch, messages };
  }

  async reading<T>(work: (reading: Reading) => Promise<T>): Promise<T> {
    const reading = this.parts.readings.ofSocket(this.subscribed.scope);
    try {
      return await work(reading);
    } finally {
      reading.stop();
    }
  }

  private async tell({ root, position }: Item, reading: Reading): Promise<Message> {
    const { answering, settings } = this.parts;
    const result = await answering.run(this.subscribed.checked, { reading, settings, spent: nothingSpent() }, root);
    requireWhole(result);
    return { position, payload: new ExactJson(exactJson(formatResult(result))) as Told };
  }
}

/** Reads on, in parts as large as the limits allow. */
export class Parts {
  private most = MOST_AT_ONCE;

  constructor(private readonly telling: Telling) {}

  async read(from: LogPosition, until: LogPosition): Promise<{ batch: Batch; messages: Message[] }> {
    for (;;) {
      try {
        const part = await this.telling.read({ from, until, most: this.most });
        this.most = Math.min(MOST_AT_ONCE, this.most * 2);
        return part;
      } catch (error) {
        if (this.most === 1 || !(error instanceof Refusal) || error.code !== 'ANSWER_TOO_LARGE') throw error;
        this.most = Math.ceil(this.most / 4);
      }
    }
  }
}

function requireWhole({ errors = [] }: ExecutionResult): void {
  for (const { originalError } of errors) if (isPassing(originalError)) throw originalError as Error;
}

export function isPassing(error: unknown): boolean {
  return error instanceof Refusal ? error.status === 503 : isAway(error);
}
