// npm run bench -- usage <database url> … [--rounds 7]
//
// An invoice's questions on each database (bench/seed-sessions.ts fills them), side by side: rounds take turns.
import { parseArgs } from 'node:util';
import pg from 'pg';
import { measure, postmasterOf, type Round } from './queries/measure.js';
import { ours } from './queries/ours.js';
import { Served } from './queries/serve.js';
import { residentOf } from './support/cpu.js';
import { median, spread, table } from './support/figures.js';

const { values, positionals: urls } = parseArgs({
  allowPositionals: true,
  options: { rounds: { type: 'string', default: '7' } },
});
if (urls.length === 0) throw new Error('Databases must be named, by their URLs.');

const month = { from: '2026-10-01T00:00:00Z', to: '2026-11-01T00:00:00Z' };
const berlin = { from: '2026-09-30T22:00:00Z', to: '2026-10-31T23:00:00Z', timeZone: 'Europe/Berlin' };
const invoice = 'from seconds uncertainSeconds minutes(rounding: CEIL_SESSION) sessions';

/** By name: what each asks of a database. */
const questions: Readonly<Record<string, (place: Place) => object>> = {
  'a month by day': () => ({ ...month, interval: 'DAY' }),
  'a month by day in Berlin': () => ({ ...berlin, interval: 'DAY' }),
  'this month by day, until now': ({ now }) => ({ from: `${now.slice(0, 8)}01T00:00:00Z`, to: now, interval: 'DAY' }),
  'thirty days until now': ({ now }) => ({ from: new Date(Date.parse(now) - 30 * 86_400_000).toISOString(), to: now }),
  'a year by month': ({ now }) => ({
    from: `${Number(now.slice(0, 4)) - 1}${now.slice(4)}`,
    to: now,
    interval: 'MONTH',
  }),
  'a year by hour': ({ now }) => ({ from: `${Number(now.slice(0, 4)) - 1}${now.slice(4)}`, to: now, interval: 'HOUR' }),
  'a month by tenant': () => ({ ...month, groupBy: [{ roomMetadata: 'tenant.id' }] }),
  'one room by hour': ({ room }) => ({ ...month, interval: 'HOUR', filter: { roomName: { eq: room } } }),
};

interface Place {
  readonly now: string;
  /** A room name that was used in the month. */
  readonly room: string;
}

interface Asked {
  readonly served: Served;
  readonly place: Place;
  readonly postmaster: number | null;
}

const asked: Asked[] = [];
try {
  for (const url of urls) {
    const [place, postmaster] = [await placeOf(url), await postmasterOf(url)];
    asked.push({ served: await Served.start(ours, url), place, postmaster });
  }
  for (const name of Object.keys(questions)) await compare(name);
  for (const { served } of asked) console.log(`resident: ${Math.round(residentOf(served.pid) / 1e6)} MB`);
} finally {
  await Promise.all(asked.map(({ served }) => served.stop()));
}

async function compare(name: string): Promise<void> {
  const rounds = asked.map((): Round[] => []);
  const rows: number[] = [];
  for (let round = -1; round < Number(values.rounds); round++) {
    for (const [index, one] of asked.entries()) {
      const body = bodyOf(name, one.place);
      if (round < 0) rows.push(await rowsOf(one, body));
      const pressure = { connections: 1, milliseconds: round < 0 ? 1 : 400, postmaster: one.postmaster };
      const measured = await measure(one.served, [JSON.stringify(body)], pressure);
      if (measured.failed > 0) throw new Error(`${name}: ${measured.failed} of ${measured.requests} failed.`);
      if (round >= 0) rounds[index]!.push(measured);
    }
  }
  console.log(`\n${name}\n`);
  const first = rounds[0]!;
  const lines = rounds.map((list, index) => [
    new URL(urls[index]!).pathname.slice(1),
    String(rows[index]),
    spread(list.map(({ p50 }) => p50)),
    spread(list.map(({ p50 }, round) => p50 / first[round]!.p50)),
    spread(list.map(({ postgresCpu }) => postgresCpu)),
    spread(list.map(({ nodeCpu }) => nodeCpu)),
  ]);
  console.log(table(['database', 'rows', 'ms', 'ratio to the first', 'Postgres ms', 'Node ms'], lines));
  const ratio = median(rounds.at(-1)!.map(({ p50 }, round) => p50 / first[round]!.p50));
  console.log(`\nlast to first: ${ratio.toFixed(2)}`);
}

function bodyOf(name: string, place: Place): { query: string; variables: object } {
  const query = `query ($from: DateTime! $to: DateTime! $interval: UsageInterval $timeZone: String
      $groupBy: [UsageDimension!] $filter: UsageFilter) {
    usage(meter: PARTICIPANT from: $from to: $to interval: $interval timeZone: $timeZone groupBy: $groupBy filter: $filter) {
      group { value } ${invoice}
    }
  }`;
  return { query, variables: questions[name]!(place) };
}

async function rowsOf({ served }: Asked, body: { query: string; variables: object }): Promise<number> {
  const answer = (await served.post(body)) as { data: { usage: unknown[] } | null; errors?: unknown };
  if (!answer.data) throw new Error(JSON.stringify(answer.errors));
  return answer.data.usage.length;
}

async function placeOf(url: string): Promise<Place> {
  const client = new pg.Client(url);
  await client.connect();
  const { rows } = await client.query<{ name: string }>(
    `select room_name as name from room where started_at >= $1 order by started_at limit 1 offset 20`,
    [month.from],
  );
  await client.end();
  return { now: new Date().toISOString(), room: rows[0]!.name };
}
