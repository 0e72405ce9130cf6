import { now } from './rows.js';
import type { Session } from './usage-sessions.js';

// Usage as docs/design.md section 7 tells it, one sentence after the other: slow, obvious, and nobody else's arithmetic.

const GRACE = 300_000;
const derived = ['CASCADED', 'SUPERSEDED', 'RECONCILED', 'EXPIRED'];

export interface DimensionAsked {
  readonly field?: string;
  readonly roomMetadata?: string;
  readonly attribute?: string;
  readonly roomNamePrefix?: string;
}

export interface ReferenceRow {
  readonly from: string;
  readonly to: string;
  readonly group: readonly { dimension: string; value: string | null }[];
  readonly [measure: string]: unknown;
}

export interface TopAsked {
  readonly by: 'SECONDS' | 'STARTED_MINUTES' | 'SESSIONS' | 'IDENTITIES' | 'PEAK_CONCURRENCY' | 'BYTES';
  readonly first: number;
  readonly others: boolean;
}

/** The sessions of one window and group. */
export interface Cell {
  /** The groups that the top left out. */
  readonly others?: true;
  readonly from: number;
  readonly to: number;
  readonly group: readonly (string | null)[];
  readonly sessions: readonly Session[];
}

export function cellsOf(
  sessions: readonly Session[],
  edges: readonly number[],
  groupBy: readonly DimensionAsked[],
): Cell[] {
  const cells: Cell[] = [];
  for (let index = 0; index + 1 < edges.length; index++) {
    const [from, to] = [edges[index]!, edges[index + 1]!];
    const groups = new Map<string, { group: (string | null)[]; sessions: Session[] }>();
    for (const session of sessions) {
      if (partOf(session, from, to) <= 0) continue;
      const group = groupBy.map((dimension) => valueOf(session, dimension));
      const found = groups.get(JSON.stringify(group)) ?? { group, sessions: [] };
      found.sessions.push(session);
      groups.set(JSON.stringify(group), found);
    }
    const ordered = [...groups.values()].sort((a, b) => compareGroups(a.group, b.group));
    cells.push(...ordered.map((cell) => ({ from, to, ...cell })));
  }
  return cells;
}

const measured: Readonly<Record<TopAsked['by'], string>> = {
  SECONDS: 'seconds',
  STARTED_MINUTES: 'ceilSession',
  SESSIONS: 'sessions',
  IDENTITIES: 'identities',
  PEAK_CONCURRENCY: 'peakConcurrency',
  BYTES: 'bytes',
};

/** The cells of the groups with the most over the whole range, best first, and if asked for one more of the others. */
export function topOf(
  sessions: readonly Session[],
  edges: readonly number[],
  { groupBy, top }: { groupBy: readonly DimensionAsked[]; top: TopAsked },
): Cell[] {
  const amountOf = (cell: Cell): number => rowOf(cell, groupBy)[measured[top.by]] as number;
  const whole = cellsOf(sessions, [edges[0]!, edges.at(-1)!], groupBy);
  const ranked = whole.sort((a, b) => amountOf(b) - amountOf(a) || compareGroups(a.group, b.group));
  const best = ranked.slice(0, top.first).map(({ group }) => JSON.stringify(group));
  const groupOf = new Map(sessions.map((one) => [one, JSON.stringify(groupBy.map((asked) => valueOf(one, asked)))]));
  const groups = best.map((group) => sessions.filter((one) => groupOf.get(one) === group));
  const rest = sessions.filter((one) => !best.includes(groupOf.get(one)!));
  return edges.slice(1).flatMap((to, index) => {
    const window = [edges[index]!, to];
    const kept = groups.flatMap((group) => cellsOf(group, window, groupBy));
    const others = top.others ? cellsOf(rest, window, []) : [];
    return [...kept, ...others.map((cell) => ({ ...cell, group: groupBy.map(() => null), others: true as const }))];
  });
}

export function rowOf({ from, to, group, sessions, others }: Cell, groupBy: readonly DimensionAsked[]): ReferenceRow {
  const total = sum(sessions, (session) => partOf(session, from, to));
  const uncertain = sum(sessions, (session) => uncertainPartOf(session, from, to));
  const open = sessions.filter(({ end }) => end === null).length;
  return {
    from: new Date(from).toISOString(),
    to: new Date(to).toISOString(),
    group: groupBy.map((dimension, index) => ({ dimension: nameOf(dimension), value: group[index]! })),
    seconds: total / 1_000,
    uncertainSeconds: uncertain / 1_000,
    minutes: total / 60_000,
    ceilSession: sum(sessions, (session) => startedMinutes(session, from, to)),
    ceilTotal: Math.ceil(total / 60_000),
    certain: (total - uncertain) / 60_000,
    certainCeilSession: sum(sessions, (session) => startedMinutes(certainPartOf(session), from, to)),
    certainCeilTotal: Math.ceil((total - uncertain) / 60_000),
    sessions: sessions.length,
    identities: identitiesOf(sessions),
    peakConcurrency: peak(sessions, from),
    averageConcurrency: total / (to - from),
    bytes: sessions[0]?.sizes === undefined ? null : sum(sessions, (session) => bytesOf(session, to)),
    openSessions: open,
    others: others === true,
    final: now - to > GRACE && open === 0,
  };
}

/** Half-open; an open session ends now; some are empty. */
function endOf({ start, end, empty }: Session): number {
  return empty ? start : (end ?? now);
}

export function partOf(session: Session, from: number, to: number): number {
  return Math.max(0, Math.min(endOf(session), to) - Math.max(session.start, from));
}

/** Written by those that ended in (from, to]; the others of the cell ended later, or not at all. */
function bytesOf({ end, sizes }: Session, to: number): number {
  return end === null || end > to ? 0 : sizes!.reduce<number>((total, size) => total + (size ?? 0), 0);
}

function uncertainPartOf(session: Session, from: number, to: number): number {
  return isDoubted(session) ? partOf({ ...session, start: Math.max(session.start, session.lastSeen) }, from, to) : 0;
}

/** Open, or ended by what other sessions or a time limit imply. */
function isDoubted({ end, endSource }: Session): boolean {
  return end === null || derived.includes(endSource ?? '');
}

function certainPartOf(session: Session): Session {
  if (!isDoubted(session)) return session;
  return { ...session, end: Math.max(session.start, Math.min(session.lastSeen, endOf(session))) };
}

function startedMinutes(session: Session, from: number, to: number): number {
  let minutes = 0;
  const before = Math.max(0, Math.floor((from - session.start) / 60_000) - 1);
  for (let begins = session.start + before * 60_000; begins < Math.min(endOf(session), to); begins += 60_000) {
    if (begins >= from) minutes++;
  }
  return minutes;
}

function identitiesOf(sessions: readonly Session[]): number | null {
  if (sessions.some(({ fields }) => !('IDENTITY' in fields))) return null;
  return new Set(sessions.map(({ fields }) => fields['IDENTITY']).filter((identity) => identity !== null)).size;
}

function peak(sessions: readonly Session[], from: number): number {
  const instants = sessions.map(({ start }) => Math.max(start, from));
  return Math.max(...instants.map((at) => sessions.filter((one) => one.start <= at && at < endOf(one)).length));
}

function nameOf(dimension: DimensionAsked): string {
  const [[kind, text] = ['', '']] = Object.entries(dimension) as [string, string][];
  return kind === 'field' ? text : `${kind}:${text}`;
}

function valueOf(session: Session, { field, roomMetadata, attribute, roomNamePrefix }: DimensionAsked): string | null {
  if (field !== undefined) return session.fields[field] ?? null;
  if (roomMetadata !== undefined) return scalarAt(session.metadata, roomMetadata);
  if (attribute !== undefined) return session.person?.attributes[attribute] ?? null;
  const name = session.fields['ROOM_NAME'] ?? null;
  return name === null || !name.includes(roomNamePrefix!) ? null : name.slice(0, name.indexOf(roomNamePrefix!));
}

export function scalarAt(json: unknown, path: string): string | null {
  let value = json;
  for (const step of path.split('.')) {
    value = typeof value === 'object' && value !== null ? (value as Record<string, unknown>)[step] : undefined;
  }
  return value === undefined || value === null || typeof value === 'object' ? null : String(value);
}

/** In byte order, null last. */
function compareGroups(a: readonly (string | null)[], b: readonly (string | null)[]): number {
  for (const [index, mine] of a.entries()) {
    const theirs = b[index]!;
    if (mine === theirs) continue;
    if (mine === null) return 1;
    return theirs === null ? -1 : Buffer.compare(Buffer.from(mine), Buffer.from(theirs));
  }
  return 0;
}

function sum(sessions: readonly Session[], of: (session: Session) => number): number {
  return sessions.reduce((total, session) => total + of(session), 0);
}
