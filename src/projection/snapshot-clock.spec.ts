import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { byteOrder, clockText, secondsPart, timeOfClock } from './snapshot-clock.js';

describe('byteOrder', () => {
  it('is the order of UTF-8 bytes', () => {
    const text = fc.string({ unit: 'binary' });
    fc.assert(
      fc.property(text, text, (a, b) => {
        expect(Math.sign(byteOrder(a, b))).toBe(Buffer.compare(Buffer.from(a), Buffer.from(b)));
      }),
    );
    expect(byteOrder('\uffee', '\u{1f600}')).toBeLessThan(0);
  });
});

describe('clockText', () => {
  it('orders as its tuple does, then by the event id', () => {
    const tuple = fc.tuple(fc.nat(20), fc.bigInt(0n, 2_000_000_000_000_000_000n), fc.nat(3));
    const write = ([rank, ns, id]: [number, bigint, number]) =>
      clockText([[rank, 2], [ns, 19], secondsPart(5000)], `EV_${id}`);
    fc.assert(
      fc.property(tuple, tuple, (a, b) => {
        const expected = a[0] - b[0] || Number(a[1] - b[1]) || a[2] - b[2];
        expect(Math.sign(byteOrder(write(a), write(b)))).toBe(Math.sign(expected));
      }),
    );
  });

  it('gives its leading second back', () => {
    expect(timeOfClock(clockText([secondsPart(946_684_800_000)], 'EV_1'))).toBe(946_684_800_000);
  });
});
