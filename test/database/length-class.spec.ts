import { afterAll, beforeAll, expect, it } from 'vitest';
import { bounds } from '../../src/read/overlap-sql.js';
import { type Service, startService } from '../support/service.js';

let service: Service;
beforeAll(async () => {
  service = await startService();
});
afterAll(() => service.stop());

it('classes sessions by the bounds that spans are read by', async () => {
  const { rows } = await service.database.queries.query<{ below: number; from: number }>(
    `select length_class('2026-01-01', '2026-01-01'::timestamptz + make_interval(secs => bound - 0.001)) as below,
        length_class('2026-01-01', '2026-01-01'::timestamptz + make_interval(secs => bound)) as from
      from unnest($1::float8[]) with ordinality u(bound, at) order by at`,
    [bounds],
  );
  expect(rows).toEqual(bounds.map((_, at) => ({ below: at, from: at + 1 })));
  const open = await service.database.queries.query(
    `select length_class(now(), null) as class, end_or_infinity(null) as end`,
  );
  expect(open.rows).toEqual([{ class: 99, end: Infinity }]);
});
