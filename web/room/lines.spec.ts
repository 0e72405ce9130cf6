import { describe, expect, it } from 'vitest';
import { inLanes, linesOf } from './lines';
import { noteAfter, notesOf } from './notes';
import type { Person, Track, Whole } from './use-room';

const at = (seconds: number): string => new Date(seconds * 1000).toISOString();

function person(sid: string, [joined, left]: [number, number | null], known: Partial<Person> = {}): Person {
  return {
    sid,
    identity: 'ada-64',
    name: 'Ada Park',
    kind: 'STANDARD',
    active: left === null,
    joinedAt: at(joined),
    leftAt: left === null ? null : at(left),
    lastSeenAt: at(left ?? joined),
    endSource: left === null ? null : 'REPORTED',
    endUncertaintySeconds: null,
    disconnectReason: null,
    ...known,
  } as Person;
}

function track(sid: string, [from, to]: [number, number | null]): Track {
  const unpublishedAt = to === null ? null : at(to);
  return { sid, type: 'AUDIO', source: 'MICROPHONE', publishedAt: at(from), unpublishedAt } as Track;
}

function whole(people: readonly Person[], media: object = {}): Whole {
  const none = { nodes: [] };
  const room = { egresses: none, ingressSessions: none, agentJobs: none, ...media } as unknown as Whole['room'];
  return { room, people, tracks: [] };
}

describe('lines', () => {
  it('hold the sessions of one identity, below each other without a gap', () => {
    const lines = linesOf(
      whole([person('PA_1', [0, 10]), person('PA_2', [5, 9], { identity: 'ben' }), person('PA_3', [46, 60])]),
    );
    expect(lines.map(({ key, bars }) => [key, bars.map(({ id }) => id)])).toEqual([
      ['People', []],
      ['ada-64', ['PA_1', 'PA_3']],
      ['ben', ['PA_2']],
    ]);
    for (const [index, { top, height }] of lines.slice(0, -1).entries())
      expect(lines[index + 1]!.top).toBe(top + height);
  });

  it('leave the recorder out of the people, and say in the bar what was recorded', () => {
    const egress = {
      egressId: 'EG_1',
      type: 'ROOM_COMPOSITE',
      status: 'COMPLETE',
      active: false,
      durationSeconds: 3_397,
    };
    const times = { startedAt: at(0), endedAt: at(3_397), lastSeenAt: at(3_397), endSource: 'REPORTED' };
    const outputs = [{ kind: 'FILE', filename: 'a/b.mp4', sizeBytes: 330e6 }];
    const egresses = { nodes: [{ ...egress, ...times, endUncertaintySeconds: null, error: null, outputs }] };
    const lines = linesOf(whole([person('PA_r', [0, 10], { identity: 'EG_1' })], { egresses }));
    expect(lines.map(({ label }) => label)).toEqual(['Recording and streams', 'room composite']);
    expect(lines[1]!.bars[0]!.words).toBe('56 min, 330 MB, mp4');
  });

  it('share a lane among tracks that do not overlap', () => {
    const lanes = inLanes([track('a', [0, 10]), track('b', [5, null]), track('c', [10, 12]), track('d', [11, 13])]);
    expect(lanes.map(({ id, lane }) => [id, lane])).toEqual([
      ['a', 0],
      ['b', 1],
      ['c', 0],
      ['d', 2],
    ]);
  });
});

describe('notes', () => {
  const clock = (ms: number): string => `${ms / 1000}`;
  const barsOf = (...people: Person[]) => linesOf(whole(people))[1]!.bars;

  it('name the gap after which somebody is back, and why they were gone', () => {
    const lost = person('PA_1', [0, 10], { disconnectReason: 'CONNECTION_TIMEOUT', endUncertaintySeconds: 21 });
    const bars = barsOf(lost, person('PA_2', [46, 60]));
    expect(notesOf(bars, { now: 60_000, clock })).toEqual([
      { at: 10_000, words: 'connection lost, rejoined after 36 s' },
    ]);
    expect(bars.map(noteAfter)).toEqual(['connection lost, ±21 s', null]);
  });

  it('say since when nothing was heard, of one that is open only after a minute', () => {
    const cascaded = barsOf(person('PA_1', [0, 90], { endSource: 'CASCADED', lastSeenAt: at(30) }));
    expect(notesOf(cascaded, { now: 90_000, clock })).toEqual([{ at: 30_000, words: 'not heard of since 30' }]);
    const open = barsOf(person('PA_1', [0, null]));
    expect(notesOf(open, { now: 60_000, clock })).toEqual([]);
    expect(notesOf(open, { now: 60_001, clock })).toHaveLength(1);
  });
});
