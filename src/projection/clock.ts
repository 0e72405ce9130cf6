/**
 * A clock orders snapshots of one thing: a tuple of numbers, then the event's id, written so that
 * byte order is its order. Kept beside what it dates, in SQL and in memory alike.
 */
export type ClockText = string;

/** `parts`: [value, digits] from the most to the least significant, none negative. */
export function clockText(parts: readonly (readonly [bigint | number, number])[], eventId: string): ClockText {
  let written = '';
  for (const [value, digits] of parts) written += String(value).padStart(digits, '0') + ' ';
  return written + eventId;
}

const SECONDS_DIGITS = 10;

/** An event's createdAt (ms) as a part of a clock. */
export function secondsPart(at: number): readonly [number, number] {
  return [at / 1000, SECONDS_DIGITS];
}

/** The createdAt (ms) of a clock that begins with it. */
export function timeOfClock(clock: ClockText): number {
  return Number(clock.slice(0, SECONDS_DIGITS)) * 1000;
}

/** Byte order of UTF-8; UTF-16's own order differs where surrogates meet U+E000 and above. */
export function byteOrder(a: string, b: string): number {
  const length = Math.min(a.length, b.length);
  for (let at = 0; at < length; at++) {
    const left = a.charCodeAt(at);
    const right = b.charCodeAt(at);
    if (left !== right) return rankOfUnit(left) - rankOfUnit(right);
  }
  return a.length - b.length;
}

function rankOfUnit(unit: number): number {
  return unit >= 0xd800 && unit <= 0xdfff ? unit + 0x10000 : unit;
}
