import pg from 'pg';
import { afterAll, beforeAll, expect, it } from 'vitest';
import { connection } from '../../src/database/connection.js';
import { startService, type Service } from '../support/service.js';

let service: Service;
beforeAll(async () => {
  service = await startService();
});
afterAll(() => service.stop());

const texts = `values ('', 'plain', null, 'é', 'ends in é', '😀', '${'long '.repeat(2000)}'), (null, null, null, null, null, null, null)`;
const many = `select n, repeat('a', n % 300), repeat('ü', n % 90), case when n % 3 > 0 then n end from generate_series(1, 5000) n`;

it.each([
  ['texts of all kinds', texts],
  ['no columns', 'select from generate_series(1, 2)'],
  ['no rows', 'select 1 where false'],
  ['rows that come in several pieces', many],
  ['a row larger than a piece', `select repeat('é', 300000), repeat('a', 300000), 'last'`],
  [
    'types that pg parses',
    `select 1::bigint, '2026-11-24 10:00:00+00'::timestamptz, true, '{"a":[1]}'::jsonb, array[1, null], 'a'::bytea`,
  ],
])('reads %s as pg does', async (_, text) => {
  const plain = new pg.Client(connection(service.database.url));
  await plain.connect();
  const query = { text, rowMode: 'array' };
  expect((await service.database.queries.query(query)).rows).toEqual((await plain.query(query)).rows);
  await plain.end();
});

it('reads them itself', async () => {
  const client = await service.database.queries.connect();
  const messages: object[] = [];
  (client as unknown as NodeJS.EventEmitter & pg.PoolClient).connection.on('dataRow', (message: object) =>
    messages.push(message),
  );
  await client.query('select 1 as one');
  client.release();
  expect(messages).toEqual([{ name: 'dataRow', length: 11, fields: ['1'] }]);
});

it('asks for the columns of a named statement once', async () => {
  const client = await service.database.queries.connect();
  const messages: string[] = [];
  const connection = (client as unknown as NodeJS.EventEmitter & pg.PoolClient).connection;
  for (const name of ['rowDescription', 'dataRow']) connection.on(name, () => messages.push(name));
  const query = { name: 'asked twice', text: 'select $1::int as number' };
  const answers: unknown[] = [];
  for (const value of [1, 2]) answers.push((await client.query({ ...query, values: [value] })).rows);
  client.release();
  expect(answers).toEqual([[{ number: 1 }], [{ number: 2 }]]);
  expect(messages).toEqual(['rowDescription', 'dataRow', 'dataRow']);
});
