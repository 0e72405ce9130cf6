import pg from 'pg';
import { expect, onTestFinished, test } from 'vitest';
import { Rows } from '../support/rows.js';
import { type Service, startService } from '../support/service.js';
import { healthOf } from '../support/spooling.js';

const WINDOWS = 'from: "2025-10-04T00:00:00Z", to: "2026-11-24T00:00:00Z", interval: WEEK';

/** Twenty questions, each of which takes the database long. */
function attack(meter: string, fields: string): string {
  const question = `usage(meter: ${meter}, ${WINDOWS}) { ${fields} }`;
  return `{ ${Array.from({ length: 20 }, (_, n) => `a${n}: ${question}`).join(' ')} }`;
}

interface Attack {
  readonly token: object;
  readonly query: string;
  readonly prepare: (service: Service) => Promise<unknown>;
}

const attacks: Record<string, Attack> = {
  'of a project': {
    token: { roomList: true },
    query: attack('ROOM', 'seconds'),
    prepare: (service) => lockSums(service),
  },
  'of one room': {
    token: { roomAdmin: true, room: 'daily' },
    query: attack('PARTICIPANT', 'identities peakConcurrency').replaceAll('WEEK', 'DAY'),
    prepare: (service) => crowd(service),
  },
};

async function lockSums({ database }: Service): Promise<void> {
  const locker = new pg.Client(database.url);
  await locker.connect();
  onTestFinished(() => locker.end());
  await locker.query('begin; lock table usage_cell in access exclusive mode');
}

async function crowd({ database }: Service): Promise<void> {
  await new Rows(database).participants({ startedAt: new Date('2020-01-01') });
  await database.intake.query(`insert into participant select (jsonb_populate_record(participant,
    jsonb_build_object('sid', 'PA_' || i, 'identity', 'i' || i))).* from participant, generate_series(2, 4000) as i`);
}

async function running({ database }: Service): Promise<number> {
  const text = `select from pg_stat_activity where datname = current_database() and state = 'active'
    and query like any (array['%''middle'' as part%', 'with piece as%'])`;
  const { rowCount } = await database.intake.query(`${text} and pid <> pg_backend_pid()`);
  return rowCount!;
}

/** How long each took, in ms, until `over`. */
async function times(over: () => boolean, act: () => Promise<void>): Promise<number[]> {
  const all: number[] = [];
  while (!over()) {
    const began = performance.now();
    await act();
    all.push(performance.now() - began);
  }
  return all.sort((a, b) => a - b);
}

let ids = 0;

function event(): string {
  const id = `${ids++}`;
  const room = { sid: `RM_${id}`, name: id };
  return JSON.stringify({ event: 'room_started', id, createdAt: `${Math.floor(Date.now() / 1000)}`, room });
}

async function send(service: Service, token: string, { query, signal }: { query: string; signal: AbortSignal }) {
  const headers = { authorization: `Bearer ${token}`, 'content-type': 'application/json' };
  const body = JSON.stringify({ query });
  return fetch(`${service.url}/graphql`, { method: 'POST', headers, body, signal });
}

test.each(Object.entries(attacks))(
  'a token %s that asks for all it can leaves others their answers, and events their way',
  { timeout: 60_000 },
  async (_what, { token: grants, query, prepare }) => {
    const service = await startService({ settings: { statementTimeoutMs: 60_000, queryMaxTimeMs: 600_000 } });
    onTestFinished(() => service.stop());
    await prepare(service);
    const client = new AbortController();
    const token = await service.token(grants);
    const asked = Array.from({ length: 10 }, () => send(service, token, { query, signal: client.signal }));
    const given = Promise.allSettled(asked);
    await expect.poll(() => running(service), { timeout: 10_000 }).toBe(5);

    const tokens = [
      await service.token({ roomList: true }, { key: 'acmekey' }),
      await service.token({ roomList: true }, { key: 'rotated' }),
    ];
    let rounds = 0;
    const over = (): boolean => rounds >= 30;
    const ask = async (of: string): Promise<void> => {
      const { errors } = await service.query(
        '{ rooms(first: 5) { nodes { sid participants { nodes { sid } } } } }',
        {},
        of,
      );
      expect(errors).toBeUndefined();
      rounds++;
    };
    const all = await Promise.all([
      ...tokens.map((one) => times(over, () => ask(one))),
      times(over, () => service.deliver(event())),
      times(over, async () => expect(await healthOf(service.url)).toMatchObject({ status: 200, intake: 'committing' })),
    ]);
    for (const took of all) expect(took.at(-1)).toBeLessThan(2_000);
    await expect.poll(() => running(service)).toBe(5);

    client.abort();
    await given;
    await expect.poll(() => running(service), { timeout: 10_000 }).toBe(0);
  },
);
