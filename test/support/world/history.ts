import fc from 'fast-check';
import { play, verbs, type Step } from './verbs.js';
import { World, type SentEvent } from './world.js';

const often: Partial<Record<Step['verb'], number>> = {
  join: 12,
  publish: 4,
  leave: 4,
  finish: 2,
  revive: 3,
  die: 2,
  republish: 2,
};

const step: fc.Arbitrary<Step> = fc.record({
  verb: fc.oneof(
    ...(Object.keys(verbs) as Step['verb'][]).map((verb) => ({
      weight: often[verb] ?? 1,
      arbitrary: fc.constant(verb),
    })),
  ),
  room: fc.oneof({ weight: 4, arbitrary: fc.constant(0) }, { weight: 1, arbitrary: fc.nat(2) }),
  who: fc.oneof({ weight: 3, arbitrary: fc.constant(0) }, { weight: 2, arbitrary: fc.nat(3) }),
  wait: fc.oneof(fc.constant(0), fc.nat(400), fc.nat(5000), fc.nat(5000)),
  twist: fc.nat(11),
});

/** What LiveKit tells of rooms that people come to and go from, while nodes die and sids come back. */
export const worldHistory: fc.Arbitrary<SentEvent[]> = fc.array(step, { minLength: 1, maxLength: 18 }).map((steps) => {
  const world = new World();
  play(world, steps);
  return world.events;
});

/** What becomes of each event on its way: how often it comes (0: lost), and how much later. */
const fate = fc.record({
  copies: fc.oneof({ weight: 8, arbitrary: fc.constant(1) }, { weight: 2, arbitrary: fc.nat(3) }),
  delay: fc.oneof({ weight: 3, arbitrary: fc.constant(0) }, { weight: 2, arbitrary: fc.nat(20) }),
});

export interface Channelled {
  /** What arrives at least once, in the order it was sent. */
  arrived: SentEvent[];
  /** Every delivery in order of arrival. */
  deliveries: SentEvent[];
  /** Where the deliveries are cut into batches. */
  cuts: number[];
  /** Of what arrived, the one that a lossier channel would lose. */
  victim: number;
}

/** A history through a channel that loses, doubles, delays and reorders. */
export const channelled: fc.Arbitrary<Channelled> = fc
  .record({
    events: worldHistory,
    fates: fc.array(fate, { minLength: 30, maxLength: 30 }),
    cuts: fc.array(fc.nat(60), { maxLength: 6 }),
    victim: fc.nat(1000),
  })
  .map(({ events, fates, cuts, victim }) => {
    const fated = events.map((event, at) => ({ event, ...(fates[at % fates.length] ?? { copies: 1, delay: 0 }) }));
    const deliveries = fated
      .flatMap(({ event, copies, delay }, at) =>
        Array.from({ length: copies }, (_, copy) => ({ event, at: at + delay + copy * 3 })),
      )
      .sort((a, b) => a.at - b.at)
      .map(({ event }) => event);
    const arrived = fated.filter(({ copies }) => copies > 0).map(({ event }) => event);
    return { arrived, deliveries, cuts: [...cuts].sort((a, b) => a - b), victim: victim % Math.max(1, arrived.length) };
  });
