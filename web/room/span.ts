/** A part of the time axis, ms since 1970. */
export interface Span {
  readonly from: number;
  readonly to: number;
}

/** The narrowest that can be looked at. */
const LEAST = 1_000;

/** By `factor` around the point that lies at `at` (0 to 1) of the span; never past `whole`. */
export function zoomed(span: Span, { factor, at, whole }: { factor: number; at: number; whole: Span }): Span {
  const width = Math.min(whole.to - whole.from, Math.max(LEAST, (span.to - span.from) * factor));
  const fixed = span.from + (span.to - span.from) * at;
  return within({ from: fixed - width * at, to: fixed + width * (1 - at) }, whole);
}

export const moved = ({ from, to }: Span, ms: number, whole: Span): Span =>
  within({ from: from + ms, to: to + ms }, whole);

function within({ from, to }: Span, whole: Span): Span {
  const width = Math.min(to - from, whole.to - whole.from);
  const start = Math.min(Math.max(from, whole.from), whole.to - width);
  return { from: start, to: start + width };
}

const SECOND = 1_000;
const steps = [
  1, 2, 5, 10, 15, 30, 60, 120, 300, 600, 900, 1800, 3600, 7200, 10_800, 21_600, 43_200, 86_400, 172_800, 604_800,
].map((s) => s * SECOND);

/** Whole steps of the clock, at least `apart` of the span from each other; `offsetMs` is the zone's. */
export function ticks({ from, to }: Span, apart: number, offsetMs: number): { step: number; at: number[] } {
  const step = steps.find((one) => one >= (to - from) * apart) ?? steps.at(-1)!;
  const at: number[] = [];
  for (let tick = Math.ceil((from + offsetMs) / step) * step - offsetMs; tick <= to; tick += step) at.push(tick);
  return { step, at };
}
