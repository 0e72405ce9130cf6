import { badInput } from '../http/refusal.js';
import { type Dimension, type DimensionInput, dimensionsOf } from './dimensions.js';
import { checkFilter, type UsageFilter } from './filters.js';
import { type Meter, meters } from './meters.js';
import type { Allowance } from './allowance.js';
import { edgesOf, type UsageInterval } from './windows.js';
import { zoneOf } from './zone.js';

const YEAR = 366 * 24 * 3_600_000;

export interface UsageArguments {
  readonly meter: string;
  readonly from: string;
  readonly to: string;
  readonly interval?: UsageInterval | null;
  readonly timeZone?: string | null;
  readonly groupBy?: readonly DimensionInput[] | null;
  readonly filter?: UsageFilter | null;
}

export interface Question {
  readonly meterName: string;
  readonly meter: Meter;
  /** In ms since 1970: one more than windows. */
  readonly edges: readonly number[];
  readonly dimensions: readonly Dimension[];
  readonly filter: UsageFilter;
}

/** Longer than any history; each window is found by itself. */
const MAX_YEARS = 200;

/** @throws Refusal BAD_USER_INPUT or TOO_MANY_ROWS */
export function questionOf(asked: UsageArguments, allowance: Allowance): Question {
  const meter = meters[asked.meter]!;
  const filter = asked.filter ?? {};
  const [from, to] = [Date.parse(asked.from), Date.parse(asked.to)];
  if (from >= to) throw badInput(`The range from ${asked.from} to ${asked.to} is empty.`);
  const interval = asked.interval ?? null;
  if (interval !== null && to - from > MAX_YEARS * YEAR) {
    throw badInput(
      `The range from ${asked.from} to ${asked.to} has more than ${MAX_YEARS} years to cut by ${interval}.`,
    );
  }
  const zone = zoneOf(asked.timeZone ?? 'UTC');
  const dimensions = dimensionsOf(asked.meter, meter, asked.groupBy ?? []);
  checkFilter(asked.meter, meter, filter);
  return {
    meterName: asked.meter,
    meter,
    dimensions,
    filter,
    edges: edgesOf({ from, to }, interval, { zone, allowance }),
  };
}
