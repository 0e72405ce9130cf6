import { settledSnapshot, type Unsettled, unsettledSql } from '../database/distributed-log.js';
import type { OwnConnection } from '../database/own-connection.js';
import { flushedSql, type Milestone } from '../database/replica.js';
import { millisecondsOf } from '../database/milliseconds.js';
import { logPosition, type LogPosition, sqlOf } from './log-position.js';

export interface Horizon {
  /** Everything before it is committed or never will be. */
  readonly position: LogPosition;
  readonly held: boolean;
  /** Changes when a rebuild replaces the tables. */
  readonly tables: string;
  readonly erasures: number;
  /** Who shows it has all that comes before the position. */
  readonly milestone: Milestone;
}

/** A room that events or sightings named. Egress may lack the name of its room, and a name its sid. */
export interface Touched {
  readonly sid: string | null;
  readonly name: string | null;
  /** Null: of a sighting, which changes nothing of other rooms. */
  readonly xid: string | null;
}

export interface Step {
  readonly upTo: LogPosition;
  readonly touched: readonly Touched[];
  readonly since: number;
}

const MOST = 1_000;

export async function readHorizon(connection: OwnConnection, distributed: boolean): Promise<Horizon> {
  const now = distributed
    ? `(${unsettledSql()})`
    : '(select pg_current_snapshot()::text as snapshot, array[]::text[] as prepared)';
  const [row] = await connection.ask<Unsettled & { epoch: string; lsn: number; tables: string; erasures: number }>(
    `select epoch::text, now.*, ${flushedSql} as lsn, 'room'::regclass::oid::text as tables, version as erasures
      from log_epoch, erasure_version, ${now} now`,
  );
  const { epoch, lsn, tables, erasures, ...seen } = row!;
  const [xmin = '', xmax] = settledSnapshot(seen).split(':');
  const milestone = { lsn, xmax: Number(xmax) };
  return { position: logPosition(epoch, xmin, 0), held: xmin !== xmax, tables, erasures, milestone };
}

interface Stretch {
  readonly project: string;
  readonly from: LogPosition;
  readonly until: LogPosition;
}

/** Of what follows `from`, the events before `until`, or the first of them. Null: there is nothing. */
export async function readStep(connection: OwnConnection, stretch: Stretch): Promise<Step | null> {
  const rows = await connection.ask<Touched & { at: number; epoch: string; xid: string; seq: string }>(
    `select room_sid as sid, room_name as name, ${millisecondsOf('created_at')} as at, epoch::text, xid::text, seq::text
      from webhook_event where project = $1 and (epoch, xid, seq) > ($2::int, $3::bigint, $4::bigint)
        and (epoch, xid, seq) < ($5::int, $6::bigint, $7::bigint)
      order by webhook_event.epoch, webhook_event.xid, webhook_event.seq limit ${MOST}`,
    valuesOf(stretch),
  );
  const full = rows.length === MOST;
  const last = rows.at(-1);
  const upTo = full ? logPosition(last!.epoch, last!.xid, last!.seq) : stretch.until;
  const sighted = await readSighted(connection, { ...stretch, until: upTo });
  if (rows.length + sighted.length === 0) return null;
  return { upTo, touched: [...rows, ...sighted], since: Math.min(...rows.map(({ at }) => at)) };
}

/** Rooms of what LiveKit confirmed when asked: the log does not tell that. */
function readSighted(connection: OwnConnection, stretch: Stretch): Promise<Touched[]> {
  return connection.ask<Touched>(
    `select distinct coalesce(p.room_sid, t.room_sid, s.sid) as sid, s.room_name as name, null as xid from sighting s
      left join participant p on s.kind = 'PARTICIPANT' and (p.sid, p.room_name, p.project) = (s.sid, s.room_name, s.project)
      left join track t on s.kind = 'TRACK' and (t.sid, t.room_name, t.project) = (s.sid, s.room_name, s.project)
      where s.project = $1 and s.xid >= $2::bigint and s.xid < $3::bigint`,
    [stretch.project, String(stretch.from.xid), String(stretch.until.xid)],
  );
}

function valuesOf({ project, from, until }: Stretch): string[] {
  return [project, ...sqlOf(from), ...sqlOf(until)];
}
