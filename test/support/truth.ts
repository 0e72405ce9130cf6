import type { Expected, ExpectedRow } from './histories.js';
import type { Person, RecordedLivekit, WorkerState } from './recorded-livekit.js';

interface Range {
  readonly from: number;
  readonly to: number;
}

interface Truth {
  readonly start?: Range;
  /** When it ended. */
  readonly end?: number;
}

/** Starts that were found, and ends that no webhook told, that lie further from the truth than they say. */
export function errorsOf(rows: Expected, livekit: RecordedLivekit): unknown[] {
  return [
    ...rows.participants.flatMap((row) => errorOf(row, personTruth(livekit, row), ['joinedAt', 'leftAt'])),
    ...rows.tracks.flatMap((row) => errorOf(row, trackTruth(livekit, row), ['publishedAt', 'unpublishedAt'])),
    ...rows.rooms.flatMap((row) => errorOf(row, roomTruth(livekit, row), ['startedAt', 'endedAt'])),
    ...rows.egresses.flatMap((row) => errorOf(row, egressTruth(livekit, row), ['startedAt', 'endedAt'])),
    ...rows.ingressSessions.flatMap((row) => errorOf(row, ingressTruth(livekit, row), ['startedAt', 'endedAt'])),
  ];
}

function errorOf(row: ExpectedRow, { start, end }: Truth, [startField, endField]: [string, string]): unknown[] {
  const at = (field: string): number => Date.parse(row[field] as string);
  const errors: unknown[] = [];
  if (row['startSource'] === 'RECONCILED' && !(start && start.from <= at(startField) && at(startField) <= start.to)) {
    errors.push({ row, start });
  }
  const derived = row['endSource'] !== 'REPORTED' && row['endSource'] !== null;
  const within = (row['endUncertaintySeconds'] as number) * 1000;
  if (derived && !(end && Math.abs(end - at(endField)) <= within)) {
    errors.push({ row, end: end && new Date(end) });
  }
  return errors;
}

function personTruth({ people }: RecordedLivekit, { id }: ExpectedRow): Truth {
  const person = people.find(({ sid }) => sid === id);
  return person ? { start: { from: person.joinCalledAt, to: person.joinResponseAt }, end: person.endedAt! } : {};
}

export function trackTruth({ people }: RecordedLivekit, { id }: ExpectedRow): Truth {
  for (const { tracks = [], endedAt } of people) {
    const track = tracks.find(({ sid }) => sid === id);
    if (!track) continue;
    const { publishCalledAt: from, unpublishCalledAt } = track;
    // LiveKit counts a track from its first media.
    return { start: { from, to: from + 2000 }, end: Math.min(unpublishCalledAt ?? Infinity, endedAt ?? Infinity) };
  }
  return {};
}

function roomTruth(livekit: RecordedLivekit, { id }: ExpectedRow): Truth {
  const of = livekit.people.filter(({ roomSid }) => roomSid === id);
  const first = of.toSorted((a: Person, b: Person) => a.joinCalledAt - b.joinCalledAt)[0];
  const end = livekit.endOf(id);
  return first ? { start: { from: first.joinCalledAt, to: first.joinResponseAt }, end } : { end };
}

function egressTruth({ facts }: RecordedLivekit, { id }: ExpectedRow): Truth {
  return workerTruth(facts.egress!.filter(({ egressId }) => egressId === id));
}

function ingressTruth({ facts }: RecordedLivekit, { id }: ExpectedRow): Truth {
  const { ingressId } = facts.ingress!.find(({ resourceId }) => resourceId === id)!;
  const mine = facts.ingress!.filter(({ resourceId }) => resourceId === id);
  const { start, end } = workerTruth(mine);
  const next = facts.ingress!.find((one) => one.ingressId === ingressId && one.at > mine.at(-1)!.at);
  const removed = facts.actions.find(({ what }) => what.includes('DeleteIngress'));
  return { start: start!, end: end ?? next?.at ?? removed!.at };
}

function workerTruth(states: readonly WorkerState[]): Truth {
  const [first, last] = [states[0]!, states.at(-1)!];
  const start = milliseconds(first.startedAt);
  return { start: { from: start, to: start }, ...(last.endedAt && { end: milliseconds(last.endedAt) }) };
}

/** Of nanoseconds. */
function milliseconds(time: string): number {
  return Number(BigInt(time) / 1_000_000n);
}
