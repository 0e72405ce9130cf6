import { readdirSync } from 'node:fs';
import { afterAll, beforeAll, describe, expect, it, onTestFinished } from 'vitest';
import { foldUsage } from '../../src/meter/fold.js';
import { verify } from '../../src/rebuild/verify.js';
import { createDatabase, createEmptyDatabase } from '../support/database.js';
import { emptyFolder, query } from '../support/embedded.js';
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

describe.each([
  ['cli/verify', 2],
  ['cli/rebuild', 1],
])('%s', (program, failure) => {
  const run = (env: Record<string, string>, ...args: string[]): Promise<Ended> => runProgram(program, env, args).ended;

  it('says first which database it talks to, without its password', async () => {
    const url = new URL(service.database.url);
    const { output } = await run({ DATABASE_URL: url.href });
    expect(output.split('\n')[0]).toBe(`Database: ${url.pathname.slice(1)} at ${url.host}`);
  });

  it('makes no database where there is none', async () => {
    const folder = emptyFolder();
    const { code, errors } = await run({ DATA_DIR: folder });
    expect(errors).toBe(
      `There is no database: DATABASE_URL is not set, and ${folder} holds none. Set DATABASE_URL or DATA_DIR as the service has it.\n`,
    );
    expect(code).toBe(failure);
    expect(readdirSync(folder)).toEqual([]);
  });

  it('makes no tables in a database that is not the service’s', async () => {
    const { url, drop } = await createEmptyDatabase();
    onTestFinished(drop);
    const { code, errors } = await run({ DATABASE_URL: url });
    expect(errors).toBe('This database has no tables of Roomledger. Give the DATABASE_URL of the service.\n');
    expect(code).toBe(failure);
    expect(await query(url, "select from pg_class where relnamespace = 'public'::regnamespace")).toEqual([]);
  });

  it('answers an empty log without a run', async () => {
    const { url, drop } = await createDatabase();
    onTestFinished(drop);
    const { code, errors, output } = await run({ DATABASE_URL: url });
    expect(errors).toBe('The log of this database is empty. Give the DATABASE_URL of the service.\n');
    expect([code, output]).toEqual([failure, expect.not.stringContaining('Projected')]);
  });

  it('answers --help, and what it does not know', async () => {
    const env = { DATABASE_URL: service.database.url };
    expect(await run(env, '--help')).toMatchObject({
      code: 0,
      output: expect.stringContaining('Exit codes: 0'),
      errors: '',
    });
    for (const argument of ['--dry-run', 'all']) {
      const { code, errors, output } = await run(env, argument);
      expect([code, output]).toEqual([failure, '']);
      expect(errors).toContain(argument);
    }
  });
});

function runVerify(url: string): Promise<Ended> {
  return runProgram('cli/verify', { DATABASE_URL: url }).ended;
}
