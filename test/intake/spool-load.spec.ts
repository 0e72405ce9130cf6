import { EventEmitter, once } from 'node:events';
import { setTimeout as pause } from 'node:timers/promises';
import { expect, it } from 'vitest';
import { play } from '../../src/cli/simulate/play.js';
import { Database } from '../../src/database/database.js';
import { amount } from '../support/amount.js';
import { runService } from '../support/process.js';
import { postSigned } from '../support/sign.js';
import { healthOf, openWay, spoolFolder } from '../support/spooling.js';

const outage = amount('OUTAGE');
const rate = amount('RATE');
const senders = 100;

interface Sent {
  readonly id: string;
  readonly at: number;
  readonly status: number;
  readonly took: number;
}

it.each(['refuses connections', 'hangs'])(
  'a database that %s for a while costs no event',
  { timeout: 600_000 },
  async (how) => {
    const { proxy, direct } = await openWay();
    const service = runService({ DATABASE_URL: proxy.url, SPOOL_DIR: spoolFolder() });
    const url = await service.ready;
    const sending = new Sending(url);
    await sending.answered(rate / 2);
    const away = performance.now();
    if (how === 'hangs') proxy.stall();
    else await proxy.cut();
    await expect
      .poll(async () => (await healthOf(url)).entries, { timeout: 60_000, interval: 50 })
      .toBeGreaterThan(rate / 2);
    await pause(outage * 1000);
    if (how === 'hangs') await proxy.cut();
    await proxy.open();
    const back = performance.now();
    await expect
      .poll(() => healthOf(url), { timeout: 60_000, interval: 50 })
      .toMatchObject({ intake: 'committing', entries: 0 });
    const drained = performance.now();
    await sending.answered(rate / 2);
    const sent = await sending.end();
    await expect.poll(() => healthOf(url), { timeout: 60_000 }).toMatchObject({ entries: 0 });

    expect(await idsIn(direct)).toEqual(
      sent
        .filter(({ status }) => status === 200)
        .map(({ id }) => id)
        .sort(),
    );
    expect(sent.filter(({ status }) => status !== 200)).toEqual([]);
    service.child.kill('SIGTERM');
    const { output, errors } = await service.ended;
    console.info([...errors.split('\n'), ...output.split('\n')].filter((line) => /Intake|Spool/.test(line)).join('\n'));
    report(
      how,
      sent.filter(({ at, took }) => at + took > away && at < back),
      drained - back,
    );
  },
);

/** Events at a steady rate, as far as so many senders at once can keep it, until it is ended. */
class Sending {
  private readonly sent: Sent[] = [];
  private readonly answers = new EventEmitter();
  private readonly senders: Promise<void>[];
  private ended = false;

  constructor(url: string) {
    const now = Date.now();
    const messages = play({ seed: 11, rooms: 40, count: 1_000_000, from: now - 60_000, to: now });
    const began = performance.now();
    let taken = 0;
    const sendOn = async (): Promise<void> => {
      for (const { body } of messages) {
        const due = began + (taken++ * 1000) / rate - performance.now();
        if (due > 2) await pause(due);
        if (this.ended) return;
        this.sent.push(await post(url, body));
        this.answers.emit('answer');
      }
    };
    this.senders = Array.from({ length: senders }, sendOn);
  }

  /** Kept when so many more are answered. */
  async answered(more: number): Promise<void> {
    const goal = this.sent.length + more;
    while (this.sent.length < goal) await once(this.answers, 'answer');
  }

  async end(): Promise<readonly Sent[]> {
    this.ended = true;
    await Promise.all(this.senders);
    return this.sent;
  }
}

async function post(url: string, body: object & { id?: unknown }): Promise<Sent> {
  const at = performance.now();
  const status = await postSigned(url, body).catch(() => 0);
  return { id: String(body.id), at, status, took: performance.now() - at };
}

async function idsIn(url: string): Promise<string[]> {
  const database = new Database(url, 60_000);
  const { rows } = await database.queries.query<{ id: string }>('select id from webhook_event where projected');
  await database.onApplicationShutdown();
  return rows.map(({ id }) => id).sort();
}

function report(how: string, sent: readonly Sent[], drainMs: number): void {
  const took = sent.map((one) => one.took).sort((a, b) => a - b);
  const at = (part: number) => `${Math.round(took[Math.floor((took.length - 1) * part)] ?? 0)} ms`;
  const answers = `${sent.length} sent while away, p50 ${at(0.5)}, p99 ${at(0.99)}, longest ${at(1)}`;
  console.info(`${how}: ${answers}; in the tables ${Math.round(drainMs)} ms after its return`);
}
