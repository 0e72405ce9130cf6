import type pg from 'pg';
import { describe, expect, onTestFinished, test } from 'vitest';
import { connection } from '../../src/database/connection.js';
import { breakOff, cancel, type Driver, openPool, stateOf } from '../../src/database/driver/driver.js';
import { FastClient } from '../../src/database/driver/fast-client.js';
import { createEmptyDatabase } from '../support/database.js';
import { openWay } from '../support/spooling.js';

async function open(driver: Driver): Promise<{ pool: pg.Pool; client: pg.PoolClient }> {
  const database = await createEmptyDatabase();
  const pool = openPool({ ...connection(database.url), max: 1 }, driver);
  const client = await pool.connect();
  onTestFinished(async () => {
    client.release(true);
    await pool.end();
    await database.drop();
  });
  return { pool, client };
}

describe.each<[Driver, boolean]>([
  ['fast', true],
  ['plain', false],
])('the %s driver', (driver, ours) => {
  test('answers named statements with rows, by pool and by client, each time', async () => {
    const { pool, client } = await open(driver);
    const other = openPool(pool.options, driver);
    onTestFinished(() => other.end());
    const text = `select $1::int as a, null::text as b, '"' as "c d" where $1::int > 0`;
    const answers: unknown[] = [];
    for (const value of [1, 2, 0]) answers.push((await client.query({ name: 'named', text, values: [value] })).rows);
    answers.push((await other.query({ name: 'named', text, values: [3] })).rows);
    answers.push((await other.query({ name: 'empty', text: 'select from (values (1), (2)) v' })).rows);
    answers.push((await other.query({ name: 'empty', text: 'select from (values (1), (2)) v' })).rows);
    const one = (a: number) => [{ a, b: null, 'c d': '"' }];
    expect(answers).toEqual([one(1), one(2), [], one(3), [{}, {}], [{}, {}]]);
    const failure = await other.query({ name: 'wrong', text: 'select wrong' }).catch((error: Error) => error);
    expect(failure).toMatchObject({ code: '42703' });
  });

  test('reads rows', async () => {
    const { client } = await open(driver);
    expect(client instanceof FastClient).toBe(ours);
    const { rows } = await client.query(`select g, 'é' || g as text, null as nothing from generate_series(1, 2) g`);
    expect(rows).toEqual([
      { g: 1, text: 'é1', nothing: null },
      { g: 2, text: 'é2', nothing: null },
    ]);
  });

  test('cancels the statement under way, and the connection can be used again', async () => {
    const { pool, client } = await open(driver);
    const failure = client.query('select pg_sleep(60)').catch((error: unknown) => error);
    await expect.poll(() => stateOf(pool, client)).toBe('working');
    await cancel(pool, client);
    expect(await failure).toMatchObject({ code: '57014' });
    await expect.poll(() => stateOf(pool, client)).toBe('idle');
    expect((await client.query('select 1 as one')).rows).toEqual([{ one: 1 }]);
  });

  test('breaks a connection off with what waits for it', async () => {
    const { client } = await open(driver);
    const sleeping = client.query('select pg_sleep(60)');
    breakOff(client, 'hung');
    await expect(sleeping).rejects.toThrow('The connection hung and was terminated');
  });
});

test('a statement is broken off where the server cannot be told to cancel it', async () => {
  const { proxy } = await openWay();
  const pool = openPool({ ...connection(proxy.url), max: 1 }, 'fast');
  onTestFinished(() => pool.end());
  const client = await pool.connect();
  proxy.stall();
  const failure = client.query('select 1').catch((error: unknown) => error);
  await cancel(pool, client);
  expect(await failure).toMatchObject({ message: 'The connection hung and was terminated' });
  client.release(true);
});
