import { afterAll, beforeAll, expect, it } from 'vitest';
import { arrayOf, type ElementType } from '../../src/database/driver/binary-array.js';
import { UnnestedRows } from '../../src/database/unnested-rows.js';
import { startService, type Service } from '../support/service.js';

let service: Service;
beforeAll(async () => {
  service = await startService();
});
afterAll(() => service.stop());

async function read(type: ElementType, values: readonly unknown[]): Promise<unknown> {
  const text = `select coalesce(json_agg(v order by place), '[]') as values from unnest($1::${type}[]) with ordinality u(v, place)`;
  const { rows } = await service.database.queries.query<{ values: unknown }>(text, [arrayOf(type, values)]);
  return rows[0]!.values;
}

it.each<[ElementType, unknown[]]>([
  ['text', ['', 'a', null, '"{,}\\', 'NULL', 'é€😀'.repeat(50), '{"a":"b"}']],
  ['text', ['😀', 'x'.repeat(100_000)]],
  ['bool', [true, null, false]],
  ['int', [0, -1, null, 2_147_483_647, -2_147_483_648]],
  ['bigint', [0, -1, null, Number.MAX_SAFE_INTEGER, Number.MIN_SAFE_INTEGER]],
  ['text', [null]],
  ['text', []],
  ['timestamptz', []],
])('gives Postgres the %s of %j', async (type, values) => {
  expect(await read(type, values)).toEqual(values);
});

it('gives times, in ms', async () => {
  const times = [0, Date.UTC(1970, 0, 1), Date.UTC(1999, 11, 31, 23, 59, 59, 999), 946_684_800_000, 1_795_000_000_123];
  const sent = new UnnestedRows<number | null>([['v', 'timestamptz', (time) => time]]);
  const text = `select (extract(epoch from v) * 1000000)::float8 as micros from ${sent.sql} u`;
  const { rows } = await service.database.queries.query(text, sent.values([...times, null, 4e12]));
  expect(rows).toEqual([...times, null, 4e12].map((time) => ({ micros: time === null ? null : time * 1000 })));
});

it('gives whole int64s', async () => {
  const { rows } = await service.database.queries.query<{ least: string }>('select ($1::bigint[])[1]::text as least', [
    arrayOf('bigint', [-(2n ** 63n)]),
  ]);
  expect(rows).toEqual([{ least: '-9223372036854775808' }]);
});
