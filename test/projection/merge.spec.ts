import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { type LedgerEvent, readEvent } from '../../src/livekit/event.js';
import { egressEvidence, mergeEgress } from '../../src/projection/egress.js';
import { ingressEvidence, mergeIngress } from '../../src/projection/ingress-session.js';
import { jobEvidence, mergeJob } from '../../src/projection/agent-job.js';
import { participantEvidence } from '../../src/projection/participant-evidence.js';
import { mergeParticipant } from '../../src/projection/participant.js';
import { mergeRoom, roomEvidence } from '../../src/projection/room.js';
import { mergeTrack, trackEvidence } from '../../src/projection/track.js';
import { readBody } from '../../src/webhook/read-body.js';
import { history } from '../support/arbitrary-history.js';

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
