// npm run bench -- index-costs [rounds] [index …]
//
// What each index costs intake into big tables: events are committed in turns to DATABASE_URL, and to COPY_URL, a copy
// of it, in which the index is dropped meanwhile.
import pg from 'pg';
import { connection } from '../src/database/connection.js';
import { intakeCost, type IntakeCost } from './growth/intake-cost.js';

const EVENTS = 3000;

const [whole, copy] = [process.env['DATABASE_URL'], process.env['COPY_URL']];
if (whole === undefined || copy === undefined) throw new Error('DATABASE_URL and COPY_URL must be set.');
const [rounds = '8', ...indexes] = process.argv.slice(2);

const client = new pg.Client(connection(copy, '-c maintenance_work_mem=512MB'));
await client.connect();
for (const index of indexes.length > 0 ? indexes : ['nothing']) {
  const { rows } = await client.query<{ indexdef: string }>('select indexdef from pg_indexes where indexname = $1', [
    index,
  ]);
  if (index !== 'nothing') await client.query(`drop index ${index}`);
  const pairs: { kept: IntakeCost; dropped: IntakeCost }[] = [];
  for (let round = 0; round < Number(rounds); round++) pairs.push(await pair(round % 2 === 0));
  if (index !== 'nothing') await client.query(rows[0]!.indexdef);
  report(index, pairs);
}
await client.end();

async function pair(wholeFirst: boolean): Promise<{ kept: IntakeCost; dropped: IntakeCost }> {
  const first = await intakeCost(wholeFirst ? whole! : copy!, EVENTS);
  const second = await intakeCost(wholeFirst ? copy! : whole!, EVENTS);
  return wholeFirst ? { kept: first, dropped: second } : { kept: second, dropped: first };
}

function report(index: string, pairs: readonly { kept: IntakeCost; dropped: IntakeCost }[]): void {
  const parts = (['cpu', 'wal'] as const).map((what) => {
    const without = median(pairs.map(({ dropped }) => dropped[what]));
    const ratios = pairs.map(({ kept, dropped }) => (kept[what] / dropped[what] - 1) * 100).sort((a, b) => a - b);
    const spread = `${ratios[1]!.toFixed(1)} to ${ratios.at(-2)!.toFixed(1)}`;
    return `${what} ${without.toFixed(1)}, with it ${median(ratios).toFixed(1)} % more (${spread})`;
  });
  console.log(`${index}: ${parts.join('; ')}`);
}

function median(values: readonly number[]): number {
  const sorted = [...values].sort((a, b) => a - b);
  return (sorted[Math.floor((sorted.length - 1) / 2)]! + sorted[Math.ceil((sorted.length - 1) / 2)]!) / 2;
}
