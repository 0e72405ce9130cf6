import type { Writer } from '../erased/writer.js';
import type { Conclusion, Finding, SessionKind } from '../projection/finding.js';
import { judgedOf, openSessionsSql, projectsSql, sessionKinds } from './open-sessions.js';
import { record } from './record.js';

const PAGE = 500;
const MINUTE = 60_000;
/** After LiveKit would have closed an empty room. */
const EMPTY_ROOM_MS = 10 * MINUTE;
/** LiveKit's own defaults, in seconds. */
const EMPTY_TIMEOUT = 300;
const DEPARTURE_TIMEOUT = 20;
const OUTLIVES_MS = { EGRESS: 60 * MINUTE, AGENT_JOB: 10 * MINUTE };

export interface ExpiryOptions {
  readonly now: number;
  /** How long a session may be silent, in ms; null turns all expiry off. */
  readonly expireAfterMs: number | null;
  /** When a project's last good round began, in ms; null: there was none; undefined: it does not reconcile. */
  readonly askedAt: (project: string, kind: SessionKind) => number | null | undefined;
}

interface Limit {
  readonly kind: SessionKind;
  /** SQL on the alias `s`, with $2 as now: the time limit in ms, and when the silence began. */
  readonly limitMs: string;
  readonly since: string;
  readonly where?: string;
}

/** Ends open sessions of which nobody has heard for too long (docs/design.md section 6). @returns how many */
export async function expire(writer: Writer, options: ExpiryOptions): Promise<number> {
  if (options.expireAfterMs === null) return 0;
  let ended = 0;
  for (const limit of limitsOf(options.expireAfterMs)) ended += await expireBy(writer, limit, options);
  return ended;
}

function limitsOf(expireAfterMs: number): Limit[] {
  const timeout = `case when s.participant_session_count > 0 then coalesce(s.departure_timeout_seconds, ${DEPARTURE_TIMEOUT})
    else coalesce(s.empty_timeout_seconds, ${EMPTY_TIMEOUT}) end`;
  const endOfRoom = `(select r.ended_at from room r where r.sid = s.room_sid and r.room_name = s.room_name
    and r.project = s.project and r.end_source = 'REPORTED')`;
  return [
    {
      kind: 'ROOM',
      limitMs: `(${timeout})::bigint * 1000 + ${EMPTY_ROOM_MS}`,
      since: 's.last_seen_at',
      where: 's.participant_count = 0',
    },
    ...(['EGRESS', 'AGENT_JOB'] as const).map((kind) => ({
      kind,
      limitMs: `${OUTLIVES_MS[kind]}`,
      since: `greatest(s.last_seen_at, ${endOfRoom})`,
      where: `${endOfRoom} is not null`,
    })),
    ...sessionKinds.map((kind) => ({ kind, limitMs: `${expireAfterMs}`, since: 's.last_seen_at' })),
  ];
}

async function expireBy(writer: Writer, limit: Limit, { now, askedAt }: ExpiryOptions): Promise<number> {
  const { kind, limitMs, since, where = 'true' } = limit;
  const { rows: known } = await writer.pool.query<{ project: string }>(projectsSql(kind));
  const text = openSessionsSql(kind, {
    where: `${where} and ${since} + (${limitMs}) * interval '1 ms' < $2
      and s.last_seen_at < coalesce((select a.at from unnest($1::text[], $3::timestamptz[]) as a(project, at) where a.project = s.project), 'infinity')`,
    limit: PAGE,
    extra: `, (extract(epoch from ${since}) * 1000)::float8 as since, (${limitMs})::float8 as "limitMs"`,
  });
  const projects = known.map(({ project }) => project).filter((project) => askedAt(project, kind) !== null);
  const asked = projects.map((project) => askedAt(project, kind) ?? null);
  let ended = 0;
  for (;;) {
    const { rows } = await writer.pool.query<{ since: number; limitMs: number }>(text, [
      projects,
      new Date(now),
      asked.map((at) => (at === null ? null : new Date(at))),
    ]);
    const findings = rows.map((row): Finding => {
      const conclusion: Conclusion = { name: 'expired', endedAt: Math.round(row.since), limitMs: row.limitMs };
      return { ...judgedOf(kind, row), conclusion };
    });
    const fresh = await record(writer, findings, now);
    ended += fresh;
    if (rows.length < PAGE || fresh === 0) return ended;
  }
}
