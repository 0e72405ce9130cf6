import { snakeCase } from '../text/snake-case.js';
import { millisecondsOf } from '../database/milliseconds.js';
import type { EventIds } from '../livekit/event.js';
import { ownId, type SessionKind, type SessionRef } from '../projection/finding.js';

interface KindOfSession {
  readonly table: string;
  /** The event's id → the table's column. */
  readonly ids: Partial<Record<keyof EventIds, string>>;
}

const room = { roomSid: 'room_sid', roomName: 'room_name' };

export const kinds: Readonly<Record<SessionKind, KindOfSession>> = {
  ROOM: { table: 'room', ids: { roomSid: 'sid', roomName: 'room_name' } },
  PARTICIPANT: { table: 'participant', ids: { ...room, participantSid: 'sid', participantIdentity: 'identity' } },
  TRACK: { table: 'track', ids: { ...room, participantSid: 'participant_sid', trackSid: 'sid' } },
  EGRESS: { table: 'egress', ids: { ...room, egressId: 'egress_id' } },
  INGRESS_SESSION: { table: 'ingress_session', ids: { ...room, ingressId: 'ingress_id', resourceId: 'resource_id' } },
  AGENT_JOB: { table: 'agent_job', ids: { ...room, jobId: 'job_id' } },
};

export function ownColumn(kind: SessionKind): string {
  return kinds[kind].ids[ownId[kind]]!;
}

export const sessionKinds = Object.keys(kinds) as SessionKind[];

/** A row to judge. Times in ms. */
export interface JudgedSession {
  readonly session: SessionRef;
  readonly firstSeenAt: number;
  readonly lastSeenAt: number;
}

type JudgedRow = Record<string, string | number | null> & { firstSeenAt: number; lastSeenAt: number };

/** SQL: what {@link judgedOf} reads of the alias `s`. */
export function judgedColumns(kind: SessionKind): string {
  const ids = Object.entries(kinds[kind].ids).map(([name, column]) => `s.${column} as "${name}"`);
  const times = ['firstSeenAt', 'lastSeenAt'].map((name) => `${millisecondsOf(`s.${snakeCase(name)}`)} as "${name}"`);
  return ['s.project', ...ids, ...times].join(', ');
}

export function judgedOf(kind: SessionKind, row: object): JudgedSession {
  const { project, firstSeenAt, lastSeenAt, ...others } = row as JudgedRow;
  const ids = Object.keys(kinds[kind].ids).map((name) => [name, others[name]]);
  return { session: { kind, project: project as string, ...Object.fromEntries(ids) }, firstSeenAt, lastSeenAt };
}

/**
 * SQL: at most `limit` open sessions of each project in $1 that meet a condition on the alias `s`. Reads the index of
 * ends, so that it costs by what is open, not by history.
 */
export function openSessionsSql(kind: SessionKind, { where, limit, extra = '' }: OpenSessions): string {
  return `select s.* from unnest($1::text[]) as p(project) cross join lateral (
      select ${judgedColumns(kind)}${extra} from ${kinds[kind].table} s
      where s.project = p.project and end_or_infinity(s.ended_at) = 'infinity' and s.ended_at is null and ${where}
      limit ${limit}
    ) s`;
}

interface OpenSessions {
  readonly where: string;
  readonly limit: number;
  readonly extra?: string;
}

/** SQL: every project that has sessions of a kind, by a walk through its index. */
export function projectsSql(kind: SessionKind): string {
  const { table } = kinds[kind];
  return `with recursive known as (
      (select project from ${table} order by project limit 1)
      union all
      select (select t.project from ${table} t where t.project > known.project order by t.project limit 1)
      from known where known.project is not null
    ) select project from known where project is not null`;
}
