import { isDeepStrictEqual } from 'node:util';
import { onLog } from '../database/distributed-log.js';
import { millisecondsOf } from '../database/milliseconds.js';
import { UnnestedRows } from '../database/unnested-rows.js';
import type { Writer } from '../erased/writer.js';
import type { LedgerEvent } from '../livekit/event.js';
import { readLogged, type LogRow } from '../rebuild/log-pages.js';

const PAGE = 200;

/** By the beginning of LiveKit's ids; a resource id has none of its own. */
const columnsOf = { PA_: 'participant_sid', RM_: 'room_sid', EG_: 'egress_id', AJ_: 'job_id' };
const anyColumn = [...Object.values(columnsOf), 'resource_id'];

/** Rewrites the log's events of every id that an erasure has not done yet. May be repeated. @returns how many changed */
export async function eraseLog({ pool, erased }: Writer, erasure: number): Promise<number> {
  await erased.refresh();
  let events = 0;
  for (;;) {
    const { rows } = await pool.query<{ project: string; key: string }>(
      'select project, key from erased_key where erasure = $1 and not done order by key limit 1000',
      [erasure],
    );
    if (rows.length === 0) return events;
    for (const { project, key } of rows) {
      const column = columnsOf[key.slice(0, 3) as keyof typeof columnsOf];
      for (const one of column === undefined ? anyColumn : [column]) {
        events += await erasePages(
          { pool, erased },
          { condition: `e.project = $4 and e.${one} = $5`, values: [project, key] },
        );
      }
      await pool.query('update erased_key set done = true where key = $1 and project = $2 and erasure = $3', [
        key,
        project,
        erasure,
      ]);
    }
  }
}

/** Rewrites what names the person without an id: events that could not be projected, and those of a room's old name. */
export async function eraseNamed(
  writer: Pick<Writer, 'pool' | 'erased'>,
  project: string,
  roomNames: readonly string[],
): Promise<number> {
  await writer.erased.refresh();
  let events = await erasePages(writer, { condition: 'e.project = $4 and not e.projected', values: [project] });
  for (const name of roomNames) {
    events += await erasePages(writer, { condition: 'e.project = $4 and e.room_name = $5', values: [project, name] });
  }
  return events;
}

interface PlacedRow extends LogRow {
  readonly epoch: number;
  readonly xid: string;
  readonly seq: string;
}

interface Some {
  /** SQL on the alias `e`, from $4 on. */
  readonly condition: string;
  readonly values: readonly unknown[];
}

async function erasePages(
  { pool, erased }: Pick<Writer, 'pool' | 'erased'>,
  { condition, values }: Some,
): Promise<number> {
  let [events, at]: [number, readonly [number, string, string]] = [0, [0, '0', '0']];
  for (;;) {
    const text = `select e.project, e.id, e.created_seconds::text as created, e.payload, e.problem, e.epoch, e.xid::text, e.seq::text,
        ${millisecondsOf('e.received_at')} as received from webhook_event e
        where (e.epoch, e.xid, e.seq) > ($1::int, $2::bigint, $3::bigint) and ${condition}
        order by e.epoch, e.xid, e.seq limit ${PAGE}`;
    const rows = await onLog<PlacedRow>(pool, { name: `page of ${condition}`, text, values: [...at, ...values] });
    const last = rows.at(-1);
    if (last === undefined) return events;
    at = [last.epoch, last.xid, last.seq];
    const before = rows.map(eventOf);
    const { events: after } = await erased.rewriteLogged(before);
    const changed = after.filter((event, place) => !isDeepStrictEqual(event.message, before[place]!.message));
    if (changed.length > 0) await onLog(pool, { name: 'log erased', text: update, values: logRows.values(changed) });
    events += changed.length;
  }
}

export function eventOf(row: Omit<LogRow, 'created'>): LedgerEvent {
  return { ...readLogged(row), problem: row.problem };
}

const logRows = new UnnestedRows<LedgerEvent>([
  ['id', 'text', ({ id }) => id],
  ['project', 'text', ({ project }) => project],
  ['created_seconds', 'bigint', ({ createdSeconds }) => createdSeconds],
  ['room_name', 'text', ({ ids }) => ids.roomName],
  ['participant_identity', 'text', ({ ids }) => ids.participantIdentity],
  ['payload', 'text', ({ message }) => JSON.stringify(message)],
]);

const update = `update webhook_event e
  set room_name = u.room_name, participant_identity = u.participant_identity, payload = u.payload::json
  from ${logRows.sql} u where e.id = u.id and e.project = u.project and e.created_seconds = u.created_seconds`;
