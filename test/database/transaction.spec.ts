import pg from 'pg';
import { beforeEach, describe, expect, test } from 'vitest';
import { connection } from '../../src/database/connection.js';
import { inTransaction, type Run, type Statement } from '../../src/database/transaction.js';
import { createEmptyDatabase } from '../support/database.js';

let pool: pg.Pool;

beforeEach(async () => {
  const database = await createEmptyDatabase();
  pool = new pg.Pool({ ...connection(database.url), max: 1, pipeline: true });
  pool.on('error', () => undefined);
  pool.on('connect', (client) => client.on('error', () => undefined));
  await pool.query('create table written (n int)');
  return async () => {
    await pool.end();
    await database.drop();
  };
});

const one: Statement = { name: 'one', text: 'select 1 as n', values: [] };
const quotient = (by: number): Statement => ({ name: 'quotient', text: 'select 4 / $1::int as n', values: [by] });
const write = (n: number): Statement => ({ name: 'write', text: 'insert into written values ($1)', values: [n] });
const written = async (): Promise<number[]> =>
  (await pool.query<{ n: number }>('select n from written order by n')).rows.map(({ n }) => n);

test('commits what was run and what was returned, and each statement has its own answer', async () => {
  for (const by of [1, 2]) {
    await inTransaction(pool, async (run) => {
      expect(await Promise.all([run(one), run(quotient(by)), run(write(by))])).toEqual([
        [{ n: 1 }],
        [{ n: 4 / by }],
        [],
      ]);
      return [write(by * 10), write(by * 100)];
    });
  }
  expect(await written()).toEqual([1, 2, 10, 20, 100, 200]);
});

describe('nothing is written, and the connection can be used again, when', () => {
  const refused: [string, string, (run: Run) => Promise<Statement[]>][] = [
    ['a statement fails', 'division by zero', async (run) => (await run(write(1)), await run(quotient(0)), [])],
    ['a write fails', 'division by zero', () => Promise.resolve([write(1), quotient(0), write(2)])],
    [
      'a write cannot be sent',
      'must be unique',
      async (run) => (await run(one), [write(1), { ...one, text: 'select 2 as n' }, write(2)]),
    ],
    ['the work fails', 'not today', async (run) => (await run(write(1)), Promise.reject(new Error('not today')))],
    [
      'a failure is overlooked',
      'division by zero',
      async (run) => (await Promise.allSettled([run(write(1)), run(quotient(0))]), [write(2)]),
    ],
  ];

  test.each(refused)('%s', async (_, message, work) => {
    await expect(inTransaction(pool, work)).rejects.toThrow(message);
    expect(await written()).toEqual([]);
    await inTransaction(pool, async (run) => (await run(one), [write(3)]));
    expect(await written()).toEqual([3]);
  });

  test('it cannot begin', async () => {
    const client = await pool.connect();
    const query = client.query.bind(client) as (...asked: unknown[]) => unknown;
    Object.assign(client, {
      query: (asked: Statement, ...more: unknown[]) =>
        query(asked.name === 'begin' ? { ...quotient(0), name: 'begin' } : asked, ...more),
    });
    client.release();
    await expect(inTransaction(pool, async (run) => (await run(write(1)), [write(2)]))).rejects.toThrow('by zero');
    expect(await written()).toEqual([]);
  });
});

test('what follows a failure fails with its error', async () => {
  let settled: PromiseSettledResult<unknown>[] = [];
  const work = async (run: Run): Promise<Statement[]> => {
    settled = await Promise.allSettled([one, quotient(0), write(1), one].map(run));
    return [];
  };
  await expect(inTransaction(pool, work)).rejects.toMatchObject({ code: '22012' });
  const failed = { status: 'rejected', reason: { message: 'division by zero', code: '22012' } };
  expect(settled).toMatchObject([{ status: 'fulfilled' }, failed, failed, failed]);
});

test('a connection that ends fails all that waits for it', async () => {
  const sleep: Statement = { name: 'sleep', text: 'select pg_sleep(60)', values: [] };
  pool.once('acquire', (client) => setTimeout(() => client.connection.stream.destroy(), 200));
  await expect(inTransaction(pool, (run) => Promise.all([run(sleep), run(one)]).then(() => []))).rejects.toThrow(
    'terminated',
  );
  expect(await written()).toEqual([]);
});
