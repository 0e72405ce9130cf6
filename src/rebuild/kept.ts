import { UnnestedRows } from '../database/unnested-rows.js';
import { inTransaction, type Statement } from '../database/transaction.js';
import { readLogDrop } from '../log/drops.js';
import { Deltas } from '../meter/delta.js';
import { participantTable } from '../projection/participant.js';
import { roomTable } from '../projection/room.js';
import { selectList, type RowValues, type SessionTable } from '../projection/session-table.js';
import { sessionTables } from '../projection/session-tables.js';
import { snakeCase } from '../text/snake-case.js';
import { atOneMoment } from './moment.js';
import { refuseLost, type Workspace } from './workspace.js';

const PAGE = 1000;

interface Kept {
  readonly home: string;
  /** SQL: the latest time of a dropped event. */
  readonly until: string;
  readonly snapshot: string;
}

/**
 * Copies into the shadow, as of one moment, the live rows of which a retention may have dropped events: what was merged
 * into them is nowhere else. The log that is left is then merged onto them.
 * @returns how many there are
 */
export async function copyKept(workspace: Workspace): Promise<number> {
  const { home } = workspace;
  const dropped = await readLogDrop(workspace.database.intake, `${home}.`);
  if (dropped === null) return 0;
  const until = `to_timestamp(${dropped.createdUntil} / 1000.0)`;
  return atOneMoment(workspace, async (live) => {
    const { rows } = await live.query<{ snapshot: string }>('select pg_export_snapshot() as snapshot');
    const kept = { home, until, snapshot: rows[0]!.snapshot };
    let copied = 0;
    for (const table of sessionTables) copied += await copyTable(workspace, table, kept);
    return copied;
  });
}

async function copyTable({ database, lost }: Workspace, table: SessionTable, kept: Kept): Promise<number> {
  let copied = 0;
  let page: RowValues[] = [];
  do {
    refuseLost({ lost });
    const last = page.at(-1);
    await inTransaction(database.intake, async (run) => {
      await run(unnamed('set transaction isolation level repeatable read'));
      await run(unnamed(`set transaction snapshot '${kept.snapshot}'`));
      page = await run<RowValues>(pageAfter(table, kept, last));
      return copyPage(table, kept, page);
    });
    copied += page.length;
  } while (page.length === PAGE);
  return copied;
}

function keptSql(row: string, { until }: Kept): string {
  return `${row}.first_seen_at <= ${until}`;
}

function peopleSql({ home }: Kept): string {
  return `${home}.${participantTable.name} p where p.room_sid = r.sid and p.room_name = r.room_name and p.project = r.project`;
}

/** With whoever is copied goes the room that counts them, also where events named another one first. */
function isKeptSql(table: SessionTable, kept: Kept): string {
  if (table !== roomTable) return keptSql('r', kept);
  return `(${keptSql('r', kept)} or exists (select from ${peopleSql(kept)} and ${keptSql('p', kept)}))`;
}

/** In the shadow, a room counts the people who are there. */
function countsSql(kept: Kept): string {
  const count = (which: string): string =>
    `(select count(*)::int from ${peopleSql(kept)} and p.counted and ${which}${keptSql('p', kept)})`;
  return `, ${count('p.ended_at is null and ')} as "keptPresent", ${count('')} as "keptEver"`;
}

function pageAfter(table: SessionTable, kept: Kept, last: RowValues | undefined): Statement {
  const key = table.key.map((name) => `r.${snakeCase(name)}`).join(', ');
  const places = table.key.map((_, at) => `$${at + 1}::text`).join(', ');
  return {
    name: `kept ${table.name}`,
    text: `select ${selectList(table)}${table === roomTable ? countsSql(kept) : ''} from ${kept.home}.${table.name} r
      where (${key}) > (${places}) and ${isKeptSql(table, kept)} order by ${key} limit ${PAGE}`,
    values: table.key.map((name) => last?.[name] ?? ''),
  };
}

function copyPage(table: SessionTable, { home }: Kept, page: readonly RowValues[]): Statement[] {
  if (page.length === 0) return [];
  const keys = new UnnestedRows<RowValues>(table.key.map((name) => [snakeCase(name), 'text', (row) => row[name]]));
  const matches = table.key.map((name) => `r.${snakeCase(name)} = k.${snakeCase(name)}`).join(' and ');
  const copy = `insert into ${table.name} select r.* from ${keys.sql} k join ${home}.${table.name} r on ${matches}`;
  const usage = new Deltas();
  for (const after of page) usage.add(table, { before: undefined, after });
  return [
    { name: `copy ${table.name}`, text: copy, values: keys.values(page) },
    ...(table === roomTable ? [recount(page)] : []),
    ...usage.write(),
  ];
}

const counted = new UnnestedRows<RowValues>([
  ['sid', 'text', ({ sid }) => sid],
  ['room_name', 'text', ({ roomName }) => roomName],
  ['project', 'text', ({ project }) => project],
  ['present', 'int', ({ keptPresent }) => keptPresent],
  ['ever', 'int', ({ keptEver }) => keptEver],
]);

function recount(page: readonly RowValues[]): Statement {
  const text = `update room r set participant_count = k.present, participant_session_count = k.ever from ${counted.sql} k
    where r.sid = k.sid and r.room_name = k.room_name and r.project = k.project`;
  return { name: 'recount', text, values: counted.values(page) };
}

function unnamed(text: string): Statement {
  return { name: text, text, values: [] };
}
