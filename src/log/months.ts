/** Seconds since 1970, from `from` up to but without `to`; either may be infinite. */
export interface Piece {
  readonly name: string;
  readonly from: number;
  readonly to: number;
}

export const LOG = 'webhook_event';
/** What has no time at all: `createdAt` missing, or before 1970. */
export const UNDATED: Piece = { name: `${LOG}_undated`, from: -Infinity, to: 1 };
/** Older than every month that is kept. */
export const PAST = `${LOG}_past`;
/** Later than every month that is made: what no true clock tells. */
export const FUTURE = `${LOG}_future`;

const AHEAD = 3;
/** A log of more months than these keeps the older ones together. */
const MOST = 240;

export function monthOf(seconds: number, months = 0): number {
  const at = new Date(seconds * 1000);
  return Date.UTC(at.getUTCFullYear(), at.getUTCMonth() + months) / 1000;
}

export function monthPiece(from: number): Piece {
  return {
    name: `${LOG}_${new Date(from * 1000).toISOString().slice(0, 7).replace('-', '_')}`,
    from,
    to: monthOf(from, 1),
  };
}

export function isMonth({ from, to }: Pick<Piece, 'from' | 'to'>): boolean {
  return from > 1 && Number.isFinite(to) && monthOf(from) === from && monthOf(from, 1) === to;
}

export function monthsBetween(from: number, to: number): Piece[] {
  const months: Piece[] = [];
  for (let at = monthOf(from); at < to; at = monthOf(at, 1)) months.push(monthPiece(at));
  return months;
}

export function aheadOf(now: number): number {
  return monthOf(now, AHEAD + 1);
}

export function piecesOf(first: number, now: number): Piece[] {
  const begin = Math.max(monthOf(Math.min(first, now)), monthOf(now, 1 - MOST), monthOf(0, 1));
  const months = monthsBetween(begin, aheadOf(now));
  return [
    UNDATED,
    { name: PAST, from: 1, to: begin },
    ...months,
    { name: FUTURE, from: months.at(-1)!.to, to: Infinity },
  ];
}

/** What to divide a piece into so that all months that are needed exist; null: nothing. */
export function division(future: Piece, now: number): Piece[] | null {
  const end = aheadOf(now);
  if (future.from >= end) return null;
  return [...monthsBetween(future.from, end), { name: FUTURE, from: end, to: Infinity }];
}

export function gaps(pieces: readonly Piece[]): Omit<Piece, 'name'>[] {
  const found: Omit<Piece, 'name'>[] = [];
  let reached = -Infinity;
  for (const { from, to } of pieces) {
    if (from > reached) found.push({ from: reached, to: from });
    reached = to;
  }
  if (reached < Infinity) found.push({ from: reached, to: Infinity });
  return found;
}

export function filling(gap: Omit<Piece, 'name'>, now: number): Piece[] {
  const pieces: Piece[] = [];
  let at = gap.from;
  const add = (name: string, to: number): void => {
    if (to > at) pieces.push({ name, from: at, to });
    at = Math.max(at, to);
  };
  add(UNDATED.name, Math.min(UNDATED.to, gap.to));
  if (at === 1) add(PAST, Math.min(gap.to, Math.max(monthOf(now), 1)));
  while (at < Math.min(gap.to, aheadOf(now))) add(monthPiece(monthOf(at)).name, Math.min(gap.to, monthOf(at, 1)));
  add(FUTURE, gap.to);
  return pieces;
}
