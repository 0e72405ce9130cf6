import pg from 'pg';
import { beforeAll, beforeEach, expect, test, vi } from 'vitest';
import { connection } from '../../src/database/connection.js';
import { Rounds } from '../../src/database/driver/round.js';
import { createEmptyDatabase } from '../support/database.js';

let pool: pg.Pool;
let client: pg.PoolClient;
let rounds: Rounds;

beforeAll(async () => {
  const database = await createEmptyDatabase();
  pool = new pg.Pool({ ...connection(database.url), max: 1, pipeline: true });
  pool.on('error', () => undefined);
  return async () => {
    await pool.end();
    await database.drop();
  };
});

beforeEach(async () => {
  client = await pool.connect();
  rounds = new Rounds(client);
  return () => client.release(true);
});

const one = { name: 'one', text: 'select 1 as n' };
const quotient = (by: number) => ({ name: 'quotient', text: 'select 4 / $1::int as n', values: [by] });
const write = { name: 'write', text: 'create temporary table if not exists written as select 1 as n' };
const rowsOf = async (config: pg.QueryConfig): Promise<object[]> => (await rounds.run(config)).rows;

test('what is run in one turn shares a Sync, and each has its own answer', async () => {
  const sync = vi.spyOn(client.connection, 'sync');
  for (let time = 1; time <= 2; time++) {
    expect(await Promise.all([one, quotient(2), write, quotient(1)].map(rowsOf))).toEqual([
      [{ n: 1 }],
      [{ n: 2 }],
      [],
      [{ n: 4 }],
    ]);
    expect(sync).toHaveBeenCalledTimes(time);
  }
});

test('after a failure nothing more of the round is run, and all of it can be run again', async () => {
  const settled = await Promise.allSettled(
    [one, quotient(0), write, { name: 'two', text: 'select 2 as n' }].map(rowsOf),
  );
  expect(settled.map(({ status }) => status)).toEqual(['fulfilled', 'rejected', 'rejected', 'rejected']);
  expect(settled[3]).toMatchObject({ reason: { message: 'division by zero', code: '22012' } });
  await expect(rowsOf({ name: 'written', text: 'select n from written' })).rejects.toThrow('does not exist');
  expect(await Promise.all([quotient(4), write, { name: 'two', text: 'select 2 as n' }].map(rowsOf))).toEqual([
    [{ n: 1 }],
    [],
    [{ n: 2 }],
  ]);
});

test('a statement that cannot be sent fails its round, and no other takes its answer', async () => {
  await rowsOf(one);
  client.on('error', () => undefined);
  const answers = [quotient(1), { ...one, text: 'select 2 as n' }, quotient(2)].map(rowsOf);
  const settled = await Promise.allSettled(answers);
  expect(settled.map(({ status }) => status)).toEqual(['rejected', 'rejected', 'rejected']);
  expect(settled[1]).toMatchObject({ reason: { message: expect.stringContaining('must be unique') } });
});

test('a connection that ends fails all that waits for it', async () => {
  const answers = [one, { name: 'long', text: 'select pg_sleep(60)' }, quotient(1)].map(rowsOf);
  const settled = Promise.allSettled(answers);
  client.on('error', () => undefined);
  setImmediate(() => client.connection.stream.destroy());
  expect((await settled).slice(1).map(({ status }) => status)).toEqual(['rejected', 'rejected']);
});
