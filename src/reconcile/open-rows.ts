import type { Pool } from 'pg';
import type { SessionKind } from '../projection/finding.js';
import {
  judgedColumns,
  judgedOf,
  kinds,
  openSessionsSql,
  ownColumn,
  type JudgedSession,
} from '../upkeep/open-sessions.js';

/** More than a healthy deployment has open. What is beyond is judged once others have ended. */
const MOST_OPEN = 200_000;

export async function openSessions(pool: Pool, project: string, kind: SessionKind): Promise<JudgedSession[]> {
  const text = openSessionsSql(kind, { where: 'true', limit: MOST_OPEN });
  const { rows } = await pool.query<object>(text, [[project]]);
  return rows.map((row) => judgedOf(kind, row));
}

export interface Open {
  readonly rooms: readonly JudgedSession[];
  readonly people: readonly JudgedSession[];
  readonly tracks: readonly JudgedSession[];
}

export async function openRows(pool: Pool, project: string): Promise<Open> {
  const read = (kind: SessionKind): Promise<JudgedSession[]> => openSessions(pool, project, kind);
  return { rooms: await read('ROOM'), people: await read('PARTICIPANT'), tracks: await read('TRACK') };
}

export interface KnownSession extends JudgedSession {
  readonly endSource: string | null;
  /** LiveKit told its end to the millisecond. */
  readonly endIsExact: boolean;
}

export async function knownSessions(
  pool: Pool,
  { project, kind, ids }: { project: string; kind: SessionKind; ids: readonly string[] },
): Promise<Map<string, KnownSession>> {
  if (ids.length === 0) return new Map();
  const id = ownColumn(kind);
  const { rows } = await pool.query<Pick<KnownSession, 'endSource' | 'endIsExact'> & { id: string }>(
    `select ${judgedColumns(kind)}, s.end_source as "endSource", s.end_uncertainty_ms is not distinct from 0 as "endIsExact",
      s.${id} as id from ${kinds[kind].table} s
      where s.${id} = any($1::text[]) and s.project = $2`,
    [ids, project],
  );
  return new Map(
    rows.map(({ id: one, endSource, endIsExact, ...row }) => [one, { ...judgedOf(kind, row), endSource, endIsExact }]),
  );
}
