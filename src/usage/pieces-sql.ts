import { wholeMillisecondsOf } from '../database/milliseconds.js';
import { conditionsOf } from '../read/overlap-sql.js';
import { NOW, type StatementBuilder } from '../read/statement.js';
import { derivedSql } from '../meter/session-marks.js';
import { filterSql } from './filters.js';
import type { Joins, Meter } from './meters.js';
import type { Question } from './question.js';

export function rowColumns({ dimensions, kept }: Question): string[] {
  return ['win', ...(kept ? ['standing'] : []), ...dimensions.map((_, index) => `group${index}`)];
}

/** Windows in order, groups by their place, or else in byte order; null comes last. */
export function rowOrder({ dimensions, kept }: Question): string {
  return kept ? 'win, standing' : ['win', ...groupOrder(dimensions)].join(', ');
}

export function groupOrder(dimensions: Question['dimensions']): string[] {
  return dimensions.map((_, index) => `group${index} collate "C"`);
}

/**
 * Each session once for each window that it overlaps, with its ends, the start of its uncertain part, and the edges of
 * the window, in ms.
 */
export function piecesSql(statement: StatementBuilder, question: Question, which: Sessions = {}): string {
  const { edges } = question;
  const bounds = `${statement.bind(edges)}::bigint[]`;
  const windows = edges.length - 1;
  const first = `greatest(width_bucket(start_ms, ${bounds}), 1)`;
  const last = `least(width_bucket(end_ms - 1, ${bounds}), ${windows})`;
  const win = windows === 1 ? '1' : `generate_series(${first}, ${last})`;
  const cut = `select session.*, ${win} as win from (${placedSql(statement, question, which)}) as session`;
  return `select session.*, (${bounds})[win] as lower_ms, (${bounds})[win + 1] as upper_ms from (${cut}) as session`;
}

/** With the place of each session's group among those kept. The others have none, nor values of their group. */
function placedSql(statement: StatementBuilder, question: Question, which: Sessions): string {
  const { dimensions, kept } = question;
  const sessions = sessionsSql(statement, question, which);
  if (kept === null) return sessions;
  const places = `${statement.bind(kept.groups.map((_, index) => index))}::int[]`;
  const values = dimensions.map((_, at) => `${statement.bind(kept.groups.map((group) => marked(group[at]!)))}::text[]`);
  const names = ['standing', ...dimensions.map((_, at) => `value${at}`)];
  // Null equals null here, in a comparison that can be hashed.
  const same = dimensions.map((_, at) => `coalesce('=' || of_group${at}, '') = value${at}`);
  const groups = dimensions.map((_, at) => `, case when standing is not null then of_group${at} end as group${at}`);
  return `select session.*, standing${groups.join('')} from (${sessions}) as session
    ${kept.others ? 'left ' : ''}join unnest(${[places, ...values].join(', ')}) as kept(${names.join(', ')}) on ${['true', ...same].join(' and ')}`;
}

function marked(value: string | null): string {
  return value === null ? '' : `=${value}`;
}

const derived = derivedSql('session.end_source');
const end = `coalesce(session.ended_at, ${NOW})`;

export interface Sessions {
  readonly active?: true;
  /** Open sessions have no uncertain part: it is counted elsewhere. */
  readonly doubtsOfEnded?: true;
}

export function sessionsSql(statement: StatementBuilder, question: Question, which: Sessions = {}): string {
  const { meter, dimensions, filter, kept } = question;
  const joins: Joins = new Set();
  const name = kept === null ? 'group' : 'of_group';
  const groups = dimensions.map(({ sql }, index) => `(${sql(statement, joins)})::text as ${name}${index}`);
  const identity = meter.fields['IDENTITY']?.(joins) ?? 'null::text';
  const doubted = which.doubtsOfEnded ? derived : `(session.ended_at is null or ${derived})`;
  const doubt = `case when ${doubted} then greatest(session.last_seen_at, session.started_at) else ${end} end`;
  const columns = [
    'session.*',
    ...groups,
    `${wholeMillisecondsOf('session.started_at')} as start_ms`,
    `${wholeMillisecondsOf(end)} as end_ms`,
    `${wholeMillisecondsOf(doubt)} as doubt_ms`,
    `${identity} as of_identity`,
  ];
  const where = [`${end} > session.started_at`, ...filterSql(meter, filter, { statement, joins })];
  return `select ${columns.join(', ')} from ${fromSql(statement, question, { joins, active: which.active ?? null })} where ${where.join(' and ')}`;
}

function fromSql(
  statement: StatementBuilder,
  { meter, edges }: Question,
  { joins, active }: { joins: Joins; active: true | null },
): string {
  const { table, empty = 'false' } = meter.noun;
  const [from, until] = [edges[0]!, edges.at(-1)!].map((edge) => new Date(edge).toISOString());
  const conditions = conditionsOf(statement, { from: from!, until: until!, active });
  const overlaps = `(${conditions.map((condition) => `(${condition})`).join(' or ')}) and coalesce(ended_at, ${NOW}) > ${statement.bind(from!)}::timestamptz`;
  const sessions = `(select * from ${table} where ${statement.inScope} and ${overlaps} and not (${empty})) as session`;
  return [sessions, ...[...joins].map((join) => joinSql[join](statement, meter))].join(' left join ');
}

export const joinSql: Record<'room' | 'publisher', (statement: StatementBuilder, meter: Meter) => string> = {
  room: ({ inScope }, { namesRoom }) =>
    `(select sid, room_name, metadata_json from room where ${inScope}) as room
     on room.sid = session.room_sid and room.room_name = ${namesRoom ? 'session.room_name' : nameBySid(inScope)}`,
  publisher: ({ inScope }) =>
    `(select sid, room_name, identity, kind, kind_details, hidden, attributes from participant where ${inScope}) as publisher
     on publisher.sid = session.participant_sid and publisher.room_name = session.room_name`,
};

/** Of a sid under two names, the lesser one, as look-ups find. */
function nameBySid(inScope: string): string {
  const named = `select min(room_name collate "C") from room where sid = session.room_sid and ${inScope}`;
  return `coalesce(session.room_name, (${named}))`;
}
