import { afterAll, beforeAll, expect, it } from 'vitest';
import { foldUsage } from '../../src/meter/fold.js';
import { verify } from '../../src/rebuild/verify.js';
import { played, postAll, startPosting } from '../support/load.js';
import { type Ended, runProgram } from '../support/process.js';
import { startService, type Service } from '../support/service.js';

let service: Service;
beforeAll(async () => {
  service = await startService();
  await postAll(service, played(300));
});
afterAll(() => service.stop());

it('finds no difference while events arrive', { timeout: 120_000 }, async () => {
  const arrivals = startPosting(service, played(500));
  const verifying = async (): Promise<void> => {
    while (arrivals.underWay())
      expect(await verify(service.database.url)).toMatchObject({ differing: 0, differences: [], marks: 0 });
  };
  await Promise.all([arrivals.all, verifying()]);
  const { events, rows } = await verify(service.database.url);
  expect(events).toBe(800);
  const { rows: counts } = await service.database.queries.query('select count(*)::int as count from participant');
  expect(rows['participant']).toBe(counts[0].count);
});

it('ends with 0 where nothing differs', async () => {
  const { code, output } = await runVerify(service.database.url);
  expect(output).toMatch(/^room: \d+ rows compared$/m);
  expect(output).toContain('No differences.\n');
  expect(code).toBe(0);
});

it('finds none once usage is folded', async () => {
  const { intake, url } = service.database;
  await foldUsage(intake);
  const { rows } = await intake.query(
    'select (select count(*)::int from usage_delta) as deltas, count(*)::int as cells from usage_cell',
  );
  expect(rows).toEqual([{ deltas: 0, cells: expect.any(Number) }]);
  expect(rows[0].cells).toBeGreaterThan(30);
  expect((await verify(url)).differences).toEqual([]);
});

it('names what was changed, deleted and added by hand', async () => {
  const { intake, url } = service.database;
  const [changed, deleted] = (await intake.query<{ sid: string }>('select sid from participant order by sid limit 2'))
    .rows;
  await intake.query(`update participant set identity = 'mallory' where sid = $1`, [changed!.sid]);
  await intake.query('delete from participant where sid = $1', [deleted!.sid]);
  await intake.query(
    `insert into egress select * from json_populate_record(null::egress, (select jsonb_set(to_jsonb(e), '{egress_id}', '"EG_forged"') from egress e limit 1)::json)`,
  );
  const { rowCount } = await intake.query(
    `update usage_cell set starts = starts + 1 where ctid = (select ctid from usage_cell where meter = 'TRACK' and span = 900 limit 1)`,
  );
  expect(rowCount).toBe(1);
  const { differing, differences } = await verify(url);
  expect(differing).toBe(4);
  const key = (sid: string) => expect.stringContaining(`sid=${sid} `);
  expect(differences).toEqual([
    {
      table: 'participant',
      key: key(changed!.sid),
      column: 'identity',
      live: '"mallory"',
      rebuilt: expect.any(String),
    },
    { table: 'participant', key: key(deleted!.sid), column: null, live: null, rebuilt: 'there' },
    { table: 'egress', key: 'egress_id=EG_forged project=default', column: null, live: 'there', rebuilt: null },
    expect.objectContaining({
      table: 'usage_cell',
      key: expect.stringContaining('meter=TRACK span=900'),
      column: 'starts',
    }),
  ]);
  const { code, output } = await runVerify(url);
  expect(output).toContain('4 rows differ.');
  expect(output).toMatch(/^participant sid=\S+ room_name=\S+ project=default: identity is "mallory", rebuilt ".+"$/m);
  expect(code).toBe(1);
});

it('ends with 2 and a sentence where it cannot tell', async () => {
  const { code, errors } = await runVerify('postgres://nobody@127.0.0.1:1/none');
  expect(errors).toMatch(/^No connection to the database at 127\.0\.0\.1:1 /);
  expect(code).toBe(2);
});

function runVerify(url: string): Promise<Ended> {
  return runProgram('cli/verify', { DATABASE_URL: url }).ended;
}
