import pg from 'pg';
import { beforeAll, expect, test, vi } from 'vitest';
import { connection } from '../../src/database/connection.js';
import { query } from '../../src/database/driver/prepared.js';
import { createEmptyDatabase } from '../support/database.js';

let pool: pg.Pool;

beforeAll(async () => {
  const database = await createEmptyDatabase();
  pool = new pg.Pool({ ...connection(database.url), max: 2, pipeline: true });
  pool.on('error', () => undefined);
  return async () => {
    await pool.end();
    await database.drop();
  };
});

const typed = {
  name: 'typed',
  text: `select g as "whole", g / 2.0::float8 as "half", case when g > 1 then 'text ' || g end as "text",
    array[g, g] as "list", json_build_object('g', g) as "document", g = 1 as "first" from generate_series(1, $1::int) g`,
};

test('reads the same rows, of the same types, on every connection, whether the columns were described or not', async () => {
  const expected = (await pool.query({ text: typed.text, values: [3] })).rows;
  expect(expected[1]).toEqual({
    whole: 2,
    half: 1,
    text: 'text 2',
    list: [2, 2],
    document: { g: 2 },
    first: false,
  });
  const client = await pool.connect();
  for (const on of [client, client, pool, pool]) {
    expect((await query(on, { ...typed, values: [3] })).rows).toEqual(expected);
  }
  client.release();
  expect((await query(pool, { ...typed, values: [0] })).rows).toEqual([]);
});

test('reads values as the types given with a statement do', async () => {
  const types: pg.CustomTypesConfig = { getTypeParser: () => (text: string) => `read ${text}` };
  for (const name of [undefined, 'raw', 'raw']) {
    const { rows } = await query(pool, { name, text: `select 1 as n, '{}'::json as document`, types });
    expect(rows).toEqual([{ n: 'read 1', document: 'read {}' }]);
  }
});

test('lets a named statement describe its columns once, and others each time', async () => {
  const client = await pool.connect();
  const describe = vi.spyOn(client.connection, 'describe');
  const count = async (config: pg.QueryConfig): Promise<number> => {
    describe.mockClear();
    for (let time = 0; time < 3; time++) await query(client, config);
    return describe.mock.calls.length;
  };
  expect(await count({ name: 'one', text: 'select $1::int as n', values: [1] })).toBe(1);
  expect(await count({ text: 'select $1::int as m', values: [1] })).toBe(3);
  client.release();
});

test('says what went wrong, also of what was described', async () => {
  const quotient = (by: number) => query(pool, { name: 'quotient', text: 'select 1 / $1::int as n', values: [by] });
  expect((await quotient(1)).rows).toEqual([{ n: 1 }]);
  await expect(quotient(0)).rejects.toThrow('division by zero');
  const { stack } = (await quotient(0).catch((error: unknown) => error)) as Error;
  expect(stack).toContain('prepared.spec.ts');
  expect((await quotient(1)).rows).toEqual([{ n: 1 }]);
});
