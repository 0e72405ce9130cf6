import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { history } from '../../test/support/arbitrary-history.js';
import { readBody } from '../webhook/read-body.js';
import { readEvent, type LedgerEvent } from '../livekit/event.js';
import { jobEvidence, mergeJob } from './agent-job.js';
import { egressEvidence, mergeEgress } from './egress.js';
import { ingressEvidence, mergeIngress } from './ingress-session.js';
import { participantEvidence } from './participant-evidence.js';
import { mergeParticipant } from './participant.js';
import { mergeRoom, roomEvidence } from './room.js';
import { merger } from './merge-rules.js';
import { mergeTrack, trackEvidence } from './track.js';

const arrival = Date.UTC(2026, 2, 3);

/** Evidence of one thing, whatever its keys: what merges must merge in any order. */
type Sample = [name: string, evidence: (event: LedgerEvent) => object[], merge: (a: never, b: never) => object];
const nouns: Sample[] = [
  ['rooms', (event) => [{ ...roomEvidence(event), sid: '', roomName: '' }], mergeRoom],
  ['participants', (event) => [{ ...participantEvidence(event), sid: '', roomName: '' }], mergeParticipant],
  ['tracks', (event) => trackEvidence(event).map((track) => ({ ...track, sid: '', roomName: '' })), mergeTrack],
  ['egress', (event) => [{ ...egressEvidence(event), egressId: '' }], mergeEgress],
  ['ingress sessions', (event) => [{ ...ingressEvidence(event), resourceId: '', ingressId: '' }], mergeIngress],
  ['agent jobs', (event) => [{ ...jobEvidence(event), jobId: '' }], mergeJob],
];

describe.each(nouns)('the merge of %s', (_, evidence, mergeRecords) => {
  const merge = mergeRecords as (a: object, b: object) => object;
  const records = history.map((events) =>
    events.flatMap((event) => evidence(readEvent('p', readBody(Buffer.from(JSON.stringify(event))), arrival))),
  );
  const three = records.filter((list) => list.length >= 3);

  it('is commutative, associative and idempotent', () => {
    fc.assert(
      fc.property(three, ([a, b, c]) => {
        if (!a || !b || !c) return;
        expect(merge(a, b)).toEqual(merge(b, a));
        expect(merge(merge(a, b), c)).toEqual(merge(a, merge(b, c)));
        expect(merge(merge(a, b), b)).toEqual(merge(a, b));
      }),
    );
  });
});

describe('merger', () => {
  interface Facts {
    low: number | null;
    high: number | null;
    said: boolean;
    set: readonly number[];
    fixed: string | null;
    firstClock: string | null;
    first: string | null;
    lastClock: string | null;
    last: string | null;
  }
  const merge = merger<Facts>({
    least: ['low'],
    greatest: ['high'],
    any: ['said'],
    union: ['set'],
    constant: ['fixed'],
    earliest: { firstClock: ['first'] },
    latest: { lastClock: ['last'] },
  });
  const nothing: Facts = {
    low: null,
    high: null,
    said: false,
    set: [],
    fixed: null,
    firstClock: null,
    first: null,
    lastClock: null,
    last: null,
  };

  it('takes each fact by its rule', () => {
    const a: Facts = {
      low: 2,
      high: 2,
      said: false,
      set: [3, 1],
      fixed: 'b',
      firstClock: '2',
      first: 'late',
      lastClock: '2',
      last: 'old',
    };
    const b: Facts = {
      low: 1,
      high: 3,
      said: true,
      set: [2, 1],
      fixed: 'a',
      firstClock: '1',
      first: 'early',
      lastClock: '3',
      last: null,
    };
    const both = {
      low: 1,
      high: 3,
      said: true,
      set: [1, 2, 3],
      fixed: 'a',
      firstClock: '1',
      first: 'early',
      lastClock: '3',
      last: null,
    };
    expect(merge(a, b)).toEqual(both);
  });

  it('prefers anything to nothing', () => {
    const some: Facts = {
      ...nothing,
      low: 1,
      high: 1,
      fixed: 'x',
      firstClock: '1',
      first: 'f',
      lastClock: '1',
      last: 'l',
    };
    expect(merge(nothing, some)).toEqual(some);
    expect(merge(some, { ...nothing, fixed: '' })).toEqual(some);
  });
});
