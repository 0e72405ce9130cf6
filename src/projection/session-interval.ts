import { byteOrder } from './snapshot-clock.js';

/** When a session lasted, and how that is known (docs/design.md section 5). Times in ms. */
export interface SessionInterval {
  startedAt: number;
  startSource: StartSource;
  endedAt: number | null;
  endSource: EndSource | null;
  endUncertaintyMs: number | null;
}

export type StartSource = 'REPORTED' | 'INFERRED';
export type EndSource = 'REPORTED' | 'SUPERSEDED' | 'CASCADED';

type Start = Pick<SessionInterval, 'startedAt' | 'startSource'>;
export type End = Pick<SessionInterval, 'endedAt' | 'endSource' | 'endUncertaintyMs'>;

/** Also the uncertainty of a createdAt, which LiveKit cuts to whole seconds. */
export const SECOND = 1000;

export function startOf(reported: readonly (number | null)[], firstSeenAt: number): Start {
  const first = reported.find((at) => at !== null);
  return first === undefined || first === null
    ? { startedAt: firstSeenAt, startSource: 'INFERRED' }
    : { startedAt: first, startSource: 'REPORTED' };
}

/** The start may turn out later than this, never earlier. */
export function earliestStart(reported: readonly (number | null)[], firstSeenAt: number): number {
  return Math.min(firstSeenAt, ...reported.map((at) => at ?? firstSeenAt));
}

export const OPEN: End = { endedAt: null, endSource: null, endUncertaintyMs: null };

export function reportedEnd(startedAt: number, at: number, uncertaintyMs: number): End {
  return { endedAt: Math.max(startedAt, at), endSource: 'REPORTED', endUncertaintyMs: uncertaintyMs };
}

export interface EndCandidate {
  at: number | null;
  source: 'SUPERSEDED' | 'CASCADED';
}

/** The earliest end that other sessions imply, none before lastSeenAt. The first of equal candidates wins. */
export function derivedEnd(
  session: { startedAt: number; lastSeenAt: number },
  candidates: readonly EndCandidate[],
): End {
  let best: { at: number; source: EndCandidate['source'] } | null = null;
  for (const { at, source } of candidates) {
    if (at === null) continue;
    const moved = Math.max(at, session.lastSeenAt);
    if (best === null || moved < best.at) best = { at: moved, source };
  }
  if (best === null) return OPEN;
  const endedAt = Math.max(best.at, session.startedAt);
  return { endedAt, endSource: best.source, endUncertaintyMs: Math.max(SECOND, endedAt - session.lastSeenAt) };
}

export interface Sibling extends Start {
  supersededAt: number | null;
}

/** Sets supersededAt to the least reported start among siblings with a greater (start, id). */
export function supersede<S extends Sibling>(siblings: readonly S[], idOf: (sibling: S) => string): S[] {
  const oldestFirst = [...siblings].sort((a, b) => a.startedAt - b.startedAt || byteOrder(idOf(a), idOf(b)));
  let next: number | null = null;
  for (let at = oldestFirst.length - 1; at >= 0; at--) {
    const sibling = oldestFirst[at] as S;
    oldestFirst[at] = { ...sibling, supersededAt: next };
    if (sibling.startSource !== 'INFERRED') next = sibling.startedAt;
  }
  return oldestFirst;
}
