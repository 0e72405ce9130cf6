import { vi } from 'vitest';
import type { Service } from './service.js';
import { webhook } from './subscriber.js';

export interface Answer {
  readonly askedAt: number;
  readonly value: number;
  readonly lag: number;
  readonly took: number;
}

const query = '{ viewer { lagSeconds } room(sid: "RM_count") { metadata participants { nodes { sid } } } }';

const patience = { timeout: 60_000, interval: 5 };

/** Counts in the metadata of a room, as fast as webhooks are answered, and asks meanwhile what it says. */
export class Counter {
  /** When each count was answered. */
  readonly answered: number[] = [];
  readonly answers: Answer[] = [];
  readonly failures: unknown[] = [];
  private going = true;
  private readonly work: Promise<unknown>[] = [];

  constructor(
    private readonly service: Service,
    private readonly maxLagMs: number,
  ) {}

  async begin(): Promise<this> {
    await this.count();
    await vi.waitUntil(async () => (await this.service.query<{ room: unknown }>(query)).data.room, patience);
    this.work.push(this.keep(() => this.count()));
    for (let reader = 0; reader < 4; reader++) this.work.push(this.keep(() => this.ask()));
    return this;
  }

  async end(): Promise<void> {
    this.going = false;
    await Promise.all(this.work);
  }

  /** Until both have gone on for that many times. */
  async rounds(times: number): Promise<void> {
    const [counts, answers] = [this.answered.length, this.answers.length];
    const gone = (): number => Math.min(this.answered.length - counts, this.answers.length - answers);
    await vi.waitUntil(() => gone() > times, patience);
  }

  /** Answers that lack what was told longer ago than promised before they were asked for. */
  get tooOld(): Answer[] {
    return this.answers.filter(({ askedAt, value }) => {
      const next = this.answered[value + 1];
      return next !== undefined && next < askedAt - this.maxLagMs;
    });
  }

  private async keep(step: () => Promise<void>): Promise<void> {
    while (this.going) await step().catch((error: unknown) => this.failures.push(error));
  }

  private async count(): Promise<void> {
    const count = this.answered.length;
    const room = { sid: 'RM_count', name: 'count', creationTime: '1700000000', metadata: String(count) };
    const participant = { sid: `PA_${count % 50}`, identity: 'ann' };
    const id = `EV_${String(count).padStart(9, '0')}`;
    await this.service.deliver(webhook('participant_joined', { id, room, participant }));
    this.answered.push(performance.now());
  }

  private async ask(): Promise<void> {
    const askedAt = performance.now();
    const { data, errors } = await this.service.query<{
      viewer: { lagSeconds: number };
      room: { metadata: string };
    }>(query);
    if (errors) throw new Error(JSON.stringify(errors));
    const took = performance.now() - askedAt;
    this.answers.push({ askedAt, value: Number(data.room.metadata), lag: data.viewer.lagSeconds, took });
  }
}
