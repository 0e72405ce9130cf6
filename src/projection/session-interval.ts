import { learnedOf } from './learned.js';
import { byteOrder } from './snapshot-clock.js';

/** When a session lasted, and how that is known (docs/design.md section 5). Times in ms. */
export interface SessionInterval {
  startedAt: number;
  startSource: StartSource;
  endedAt: number | null;
  endSource: EndSource | null;
  endUncertaintyMs: number | null;
}

export type StartSource = 'REPORTED' | 'RECONCILED' | 'INFERRED';
export type EndSource = 'REPORTED' | 'OPERATOR' | 'SUPERSEDED' | 'RECONCILED' | 'CASCADED' | 'EXPIRED';

type Start = Pick<SessionInterval, 'startedAt' | 'startSource'>;
export type End = Pick<SessionInterval, 'endedAt' | 'endSource' | 'endUncertaintyMs'>;

/** Also the uncertainty of a createdAt, which LiveKit cuts to whole seconds. */
export const SECOND = 1000;

/** For a sighting alone, which has no start. */
const FAR = Date.UTC(2200);

interface Seen {
  readonly firstSeenAt: number;
  readonly learned: string | null;
}

export function startOf(reported: readonly (number | null)[], { firstSeenAt, learned }: Seen): Start {
  const first = reported.find((at) => at !== null);
  if (first !== undefined && first !== null) return { startedAt: first, startSource: 'REPORTED' };
  const { start } = learnedOf(learned);
  return start === undefined
    ? { startedAt: firstSeenAt, startSource: 'INFERRED' }
    : { startedAt: start, startSource: 'RECONCILED' };
}

/** The start may turn out later than this, never earlier. */
export function earliestStart(reported: readonly (number | null)[], { firstSeenAt, learned }: Seen): number {
  return Math.min(
    FAR,
    firstSeenAt,
    learnedOf(learned).start ?? firstSeenAt,
    ...reported.map((at) => at ?? firstSeenAt),
  );
}

export const OPEN: End = { endedAt: null, endSource: null, endUncertaintyMs: null };

export function reportedEnd(startedAt: number, at: number, uncertaintyMs: number): End {
  return { endedAt: Math.max(startedAt, at), endSource: 'REPORTED', endUncertaintyMs: uncertaintyMs };
}

export interface EndCandidate {
  at: number | null;
  source: 'SUPERSEDED' | 'CASCADED';
}

interface DerivedFrom {
  readonly startedAt: number;
  readonly lastSeenAt: number;
  readonly learned: string | null;
}

interface Candidate extends Required<End> {
  readonly endedAt: number;
  readonly endSource: EndSource;
}

/** Of equal ends. */
const rank: Partial<Record<EndSource, number>> = { SUPERSEDED: 0, RECONCILED: 1, CASCADED: 2 };

/**
 * The end of a session that no webhook has told: LiveKit's own, from its API; else an operator's; else the earliest that other sessions or LiveKit's API
 * imply, none before lastSeenAt; else that of a time limit. Whatever was learned holds only until later life.
 */
export function derivedEnd(session: DerivedFrom, candidates: readonly EndCandidate[] = []): End {
  const { startedAt, lastSeenAt } = session;
  const { ended, corrected, reconciled, expired } = learnedOf(session.learned);
  const endAt = (at: number, endSource: EndSource, endUncertaintyMs: number): Candidate => {
    return { endedAt: Math.max(at, startedAt), endSource, endUncertaintyMs };
  };
  if (ended !== undefined) return endAt(ended, 'RECONCILED', 0);
  const operatorsEnd = corrected?.endedAt ?? null;
  if (operatorsEnd !== null && lastSeenAt <= operatorsEnd) return endAt(operatorsEnd, 'OPERATOR', 0);
  const implied = candidates.flatMap(({ at, source }) => {
    if (at === null) return [];
    const end = Math.max(at, lastSeenAt, startedAt);
    return [endAt(end, source, Math.max(SECOND, end - lastSeenAt))];
  });
  if (reconciled !== undefined && lastSeenAt <= reconciled.seenAt) {
    implied.push(endAt(lastSeenAt, 'RECONCILED', Math.max(SECOND, reconciled.missedAt - lastSeenAt)));
  }
  if (implied.length > 0) return implied.reduce((best, other) => (compareEnds(other, best) < 0 ? other : best));
  if (expired === undefined || lastSeenAt > expired.seenAt) return OPEN;
  return endAt(Math.max(expired.endedAt, lastSeenAt), 'EXPIRED', expired.limitMs);
}

function compareEnds(a: Candidate, b: Candidate): number {
  return a.endedAt - b.endedAt || rank[a.endSource]! - rank[b.endSource]!;
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
