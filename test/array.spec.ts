import { afterAll, beforeAll, expect, it } from 'vitest';
import { arrayOf, type ElementType } from '../src/database/array.js';
import { startService, type Service } from './support/service.js';

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
  ['float8', [0, -0.5, null, 1_795_000_000_123, 1e300]],
  ['text', [null]],
  ['text', []],
  ['float8', []],
])('gives Postgres the %s of %j', async (type, values) => {
  expect(await read(type, values)).toEqual(values);
});

it('gives whole int64s', async () => {
  const { rows } = await service.database.queries.query<{ least: string }>('select ($1::bigint[])[1]::text as least', [
    arrayOf('bigint', [-(2n ** 63n)]),
  ]);
  expect(rows).toEqual([{ least: '-9223372036854775808' }]);
});
