import { byteOrder } from './clock.js';

/** How a session's interval is known (design.md section 5). Times in ms. */
export interface Interval {
  startedAt: number;
  startSource: StartSource;
  endedAt: number | null;
  endSource: EndSource | null;
  endUncertaintyMs: number | null;
}

export type StartSource = 'REPORTED' | 'INFERRED';
export type EndSource = 'REPORTED' | 'SUPERSEDED' | 'CASCADED';

type Start = Pick<Interval, 'startedAt' | 'startSource'>;
export type End = Pick<Interval, 'endedAt' | 'endSource' | 'endUncertaintyMs'>;

/** LiveKit's createdAt is cut to whole seconds. */
export const SECOND = 1000;

/** The first reported time there is, else the earliest evidence. */
export function startOf(reported: readonly (number | null)[], firstSeenAt: number): Start {
  const told = reported.find((at) => at !== null);
  return told === undefined || told === null
    ? { startedAt: firstSeenAt, startSource: 'INFERRED' }
    : { startedAt: told, startSource: 'REPORTED' };
}

/** No start can lie before this: the least time that facts tell. */
export function leastStart(reported: readonly (number | null)[], firstSeenAt: number): number {
  return Math.min(firstSeenAt, ...reported.map((at) => at ?? firstSeenAt));
}

export const OPEN: End = { endedAt: null, endSource: null, endUncertaintyMs: null };

/** An end that LiveKit told; never before the start. */
export function reportedEnd(startedAt: number, at: number, uncertaintyMs: number): End {
  return { endedAt: Math.max(startedAt, at), endSource: 'REPORTED', endUncertaintyMs: uncertaintyMs };
}

export interface Candidate {
  at: number | null;
  source: 'SUPERSEDED' | 'CASCADED';
}

/**
 * The end that other sessions imply: each candidate is moved up to the session's last sign of life,
 * the earliest wins, of equal ones the first given.
 */
export function derivedEnd(session: { startedAt: number; lastSeenAt: number }, candidates: readonly Candidate[]): End {
  let best: { at: number; source: Candidate['source'] } | null = null;
  for (const { at, source } of candidates) {
    if (at === null) continue;
    const moved = Math.max(at, session.lastSeenAt);
    if (best === null || moved < best.at) best = { at: moved, source };
  }
  if (best === null) return OPEN;
  const endedAt = Math.max(best.at, session.startedAt);
  return { endedAt, endSource: best.source, endUncertaintyMs: Math.max(SECOND, endedAt - session.lastSeenAt) };
}

/** A session among others of one family: an identity in a room, an ingress. */
export interface Member extends Start {
  supersededAt: number | null;
}

/**
 * For each member the least start among newer ones, of which only those with a told start count.
 * *Newer* is a greater (start, id).
 */
export function supersede<M extends Member>(members: readonly M[], idOf: (member: M) => string): M[] {
  const oldestFirst = [...members].sort((a, b) => a.startedAt - b.startedAt || byteOrder(idOf(a), idOf(b)));
  let next: number | null = null;
  for (let at = oldestFirst.length - 1; at >= 0; at--) {
    const member = oldestFirst[at] as M;
    oldestFirst[at] = { ...member, supersededAt: next };
    if (member.startSource !== 'INFERRED') next = member.startedAt;
  }
  return oldestFirst;
}
