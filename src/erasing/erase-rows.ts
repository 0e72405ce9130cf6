import { inTransaction, type Run, type Statement } from '../database/transaction.js';
import { UnnestedRows, type ParameterColumn } from '../database/unnested-rows.js';
import { keyStatement, type ErasedKey } from '../erased/erased.js';
import { Eraser, type ErasedTexts } from '../erased/eraser.js';
import type { Fingerprints } from '../erased/fingerprints.js';
import type { Writer } from '../erased/writer.js';
import type { Json, JsonObject } from '../livekit/json.js';
import { metadataJson } from '../livekit/metadata.js';
import { takeLocks, valuesOfLocks, type Lock } from '../projection/lock.js';
import type { Presence } from './person.js';
import { holds, type Group } from './scope.js';

/** `exact` is jsonb whose numbers are too long for JavaScript: read as text. */
type TextType = 'text' | 'json' | 'jsonb' | 'exact';

interface ErasedTable {
  readonly name: string;
  readonly key: readonly string[];
  readonly texts: Readonly<Record<string, TextType>>;
  /** SQL: the rows of a group; $2 is what {@link idsOf} gives. */
  readonly where: string;
  readonly idsOf: (group: Group) => Iterable<string>;
}

const roomSids = ({ roomSids }: Group): Iterable<string> => roomSids;
const info = { error: 'text', info: 'json' } as const;

const tables: readonly ErasedTable[] = [
  {
    name: 'room',
    key: ['sid', 'room_name'],
    texts: { metadata: 'text', metadata_json: 'exact' },
    where: 't.sid = any($2::text[])',
    idsOf: roomSids,
  },
  {
    name: 'participant',
    key: ['sid', 'room_name'],
    texts: { identity: 'text', name: 'text', metadata: 'text', metadata_json: 'exact', attributes: 'jsonb' },
    where: 't.room_sid = any($2::text[])',
    idsOf: roomSids,
  },
  {
    name: 'track',
    key: ['sid', 'room_name'],
    texts: { name: 'text', stream: 'text', info: 'json' },
    where: 't.room_sid = any($2::text[])',
    idsOf: roomSids,
  },
  {
    name: 'egress',
    key: ['egress_id'],
    texts: { ...info, details: 'text', outputs: 'json' },
    where: 't.egress_id = any($2::text[])',
    idsOf: ({ egressIds }) => egressIds,
  },
  {
    name: 'ingress_session',
    key: ['resource_id', 'ingress_id'],
    texts: { ...info, name: 'text', participant_identity: 'text' },
    where: 't.resource_id = any($2::text[])',
    idsOf: ({ ingress }) => ingress.keys(),
  },
  {
    name: 'agent_job',
    key: ['job_id'],
    texts: { ...info, agent_identity: 'text', participant_identity: 'text' },
    where: 't.job_id = any($2::text[])',
    idsOf: ({ jobIds }) => jobIds,
  },
];

export interface Erasing {
  readonly erasure: number;
  readonly project: string;
  /** In ms: what began later is not the person's. */
  readonly now: number;
  readonly identities: readonly string[];
  readonly texts: ErasedTexts;
  /** In the clear: they narrow what is read. */
  readonly withinTexts: readonly string[];
}

/** Rewrites a group's rows, and has every later event of theirs rewritten, in one transaction. */
export async function eraseGroup({ pool, erased }: Writer, erasing: Erasing, group: Group): Promise<void> {
  await inTransaction(pool, async (run) => {
    await run({ name: 'locks', text: takeLocks, values: valuesOfLocks(locksOf(erasing, group)) });
    const renamed = group.newName !== group.roomName;
    if (renamed) for (const sid of await roomsNamed(run, erasing, group)) group.roomSids.add(sid);
    const prints = erased.fingerprints!;
    for (const { sid, identity } of await presencesIn(run, erasing, group)) {
      group.participants.set(sid, prints.pseudonym(erasing.project, identity));
    }
    const eraser = new Eraser(group.participants, erasing.texts);
    const rewritten = await Promise.all(tables.map((table) => rewrite(run, { table, group, eraser, erasing })));
    const keys = [...keysOf(erasing, group), ...printsOf(erasing, group, prints)];
    return [keyStatement(keys, false), nextVersion, ...rewritten.flat(), ...(renamed ? renamings(erasing, group) : [])];
  });
}

/** Sessions of one identity in one room change together: they end one another. */
function presencesIn(run: Run, { project, now, identities }: Erasing, { roomSids }: Group): Promise<Presence[]> {
  const families = [...roomSids].flatMap((sid) => identities.map((identity) => `${sid}/${identity}/${project}`));
  return run<Presence>({
    name: 'presences in rooms',
    text: `select sid, identity from participant where room_sid || '/' || identity || '/' || project = any($1::text[])
      and identity <> '' and project = $2 and identity = any($3) and started_at < to_timestamp($4::float8 / 1000)`,
    values: [families, project, identities, now],
  });
}

/** All rooms of a name move together: they end one another. */
async function roomsNamed(run: Run, { project, now }: Erasing, { roomName }: Group): Promise<string[]> {
  const rows = await run<{ sid: string }>({
    name: 'rooms named',
    text: 'select sid from room where project = $1 and room_name = $2 and started_at < to_timestamp($3::float8 / 1000)',
    values: [project, roomName, now],
  });
  return rows.map(({ sid }) => sid);
}

export const nextVersion: Statement = {
  name: 'next erasure version',
  text: 'update erasure_version set version = version + 1',
  values: [],
};

function locksOf({ project }: Erasing, { roomName, newName, egressIds, ingress, jobIds }: Group): Lock[] {
  const of = (kind: string, keys: Iterable<string>): Lock[] => Array.from(keys, (key) => ({ key, kind, project }));
  return [
    ...of('room', [roomName, newName]),
    ...of('egress', egressIds),
    ...of('ingress', ingress.values()),
    ...of('job', jobIds),
  ];
}

function keysOf({ erasure, project }: Erasing, group: Group): ErasedKey[] {
  const row = (key: string, pseudonym: string | null): ErasedKey => ({
    project,
    key,
    erasure,
    pseudonym,
    beganBefore: null,
  });
  const { roomSids, egressIds, ingress, jobIds } = group;
  const others = [...roomSids, ...egressIds, ...ingress.keys(), ...jobIds];
  return [
    ...Array.from(group.participants, ([sid, pseudonym]) => row(sid, pseudonym)),
    ...others.map((id) => row(id, null)),
  ];
}

/** Of what the group's events may name without an id that is known. */
function printsOf({ erasure, project, now, identities }: Erasing, group: Group, prints: Fingerprints): ErasedKey[] {
  const row = (key: string, pseudonym: string | null): ErasedKey => ({
    project,
    key,
    erasure,
    pseudonym,
    beganBefore: now,
  });
  const named = group.newName === group.roomName ? [] : [row(prints.ofName(project, group.roomName), null)];
  const inRooms = [...group.roomSids].flatMap((sid) =>
    identities.map((identity) => row(prints.ofIdentityIn(project, sid, identity), prints.pseudonym(project, identity))),
  );
  return [...named, ...inRooms];
}

interface TableOfGroup {
  readonly table: ErasedTable;
  readonly group: Group;
  readonly eraser: Eraser;
  readonly erasing: Erasing;
}

type Row = JsonObject;

async function rewrite(run: Run, { table, group, eraser, erasing }: TableOfGroup): Promise<Statement[]> {
  const ids = [...table.idsOf(group)];
  if (ids.length === 0) return [];
  const columns = Object.entries(table.texts).map(([name, type]) =>
    type === 'exact' ? `t.${name}::text` : `t.${name}`,
  );
  const rows: Row[] = await run<Row>({
    name: `${table.name} to erase`,
    text: `select ${[...table.key.map((name) => `t.${name}`), ...columns].join(', ')} from ${table.name} t
      where t.project = $1 and ${table.where} and (t.${table.key[0]} = any($3::text[]) or ${holds('to_json(t)::text', 4)})`,
    values: [erasing.project, ids, [...group.participants.keys()], erasing.withinTexts],
  });
  const changed = rows
    .map((row) => ({ before: row, after: erased(row, table, eraser) }))
    .filter(({ before, after }) => JSON.stringify(before) !== JSON.stringify(after));
  if (changed.length === 0) return [];
  return [
    update(
      table,
      erasing.project,
      changed.map(({ after }) => after),
    ),
  ];
}

/** A row reads like the message that it was made of. */
function erased(row: Row, { key, texts }: ErasedTable, eraser: Eraser): Row {
  const copy = structuredClone(row);
  eraser.erase(copy);
  for (const column of key) copy[column] = row[column];
  if (copy['metadata'] === '') copy['metadata'] = null;
  if ('metadata_json' in texts) {
    const same = copy['metadata'] === row['metadata'];
    copy['metadata_json'] = same ? row['metadata_json'] : metadataJson(copy['metadata'] as string | null);
  }
  return copy;
}

function update({ name, key, texts }: ErasedTable, project: string, rows: readonly Row[]): Statement {
  const columns = [...key, ...Object.keys(texts)].map((column): ParameterColumn<Row> => [
    column,
    'text',
    (row) => written(row[column] ?? null, texts[column]),
  ]);
  const assignments = Object.entries(texts).map(([column, type]) => `${column} = u.${column}${casts[type]}`);
  return {
    name: `${name} erased`,
    text: `update ${name} t set ${assignments.join(', ')} from ${new UnnestedRows(columns, 2).sql} u
      where t.project = $1 and ${key.map((column) => `t.${column} = u.${column}`).join(' and ')}`,
    values: [project, ...new UnnestedRows(columns).values(rows)],
  };
}

const casts: Readonly<Record<TextType, string>> = { text: '', json: '::json', jsonb: '::jsonb', exact: '::jsonb' };

function written(value: Json, type: TextType = 'text'): Json {
  return value === null || type === 'text' || type === 'exact' ? value : JSON.stringify(value);
}

/** After the rows' texts, whose keys have the old name. */
function renamings({ project }: Erasing, group: Group): Statement[] {
  const values = (ids: Iterable<string>): unknown[] => [project, group.roomName, group.newName, [...ids]];
  const renamed = tables.map(({ name, where, idsOf }) => ({
    name: `${name} renamed`,
    text: `update ${name} t set room_name = $3 where t.project = $1 and t.room_name = $2 and ${where.replace('$2', '$4')}`,
    values: values(idsOf(group)),
  }));
  const sids = `select $4::text[] union all select array(select sid from participant where room_sid = any($4::text[]))
    union all select array(select sid from track where room_sid = any($4::text[]))`;
  return [
    ...renamed,
    {
      name: 'sightings renamed',
      text: `update sighting s set room_name = $3 where s.project = $1 and s.room_name = $2
        and exists (select from (${sids}) as renamed(ids) where s.sid = any(renamed.ids))`,
      values: values(group.roomSids),
    },
    {
      name: 'lock of the old name',
      text: `delete from merge_lock where project = $1 and key = $2 and kind = 'room'
        and not exists (select from room where room_name = $2 and project = $1)`,
      values: [project, group.roomName],
    },
  ];
}
