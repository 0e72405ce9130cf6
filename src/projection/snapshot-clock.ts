/** Orders snapshots of one object: a tuple of numbers, then the event's id, as text that sorts by its bytes. */
export type ClockText = string;

/** @param parts [value, digits], the most significant first, none negative */
export function clockText(parts: readonly (readonly [bigint | number, number])[], eventId: string): ClockText {
  let written = '';
  for (const [value, digits] of parts) written += String(value).padStart(digits, '0') + ' ';
  return written + eventId;
}

const SECONDS_DIGITS = 10;

export function secondsPart(at: number): readonly [number, number] {
  return [at / 1000, SECONDS_DIGITS];
}

/** Only for clocks that begin with a createdAt. In ms. */
export function timeOfClock(clock: ClockText): number {
  return Number(clock.slice(0, SECONDS_DIGITS)) * 1000;
}

/** Compares as UTF-8 bytes do. JavaScript compares UTF-16 units, which sorts surrogates below U+E000. */
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
