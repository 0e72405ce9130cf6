import { badInput } from '../http/refusal.js';
import { type Dimension, type DimensionInput, dimensionsOf } from './dimensions.js';
import { checkFilter, type UsageFilter } from './filters.js';
import { type Meter, meters } from './meters.js';
import type { Allowance } from './allowance.js';
import { type Kept, type Top, topOf, type UsageTop } from './top.js';
import { eachEdge, edgesOf, type Range, type UsageInterval } from './windows.js';
import { type Zone, zoneOf } from './zone.js';

const YEAR = 366 * 24 * 3_600_000;

export interface UsageArguments {
  readonly meter: string;
  readonly from: string;
  readonly to: string;
  readonly interval?: UsageInterval | null;
  readonly timeZone?: string | null;
  readonly groupBy?: readonly DimensionInput[] | null;
  readonly filter?: UsageFilter | null;
  readonly top?: UsageTop | null;
}

export interface Matter {
  readonly meterName: string;
  readonly meter: Meter;
  readonly dimensions: readonly Dimension[];
  readonly filter: UsageFilter;
  readonly top: Top | null;
  /** The groups of the top, once they are known. */
  readonly kept: Kept | null;
}

export interface Question extends Matter {
  /** In ms since 1970: one more than windows. */
  readonly edges: readonly number[];
}

/** Longer than any history; each window is found by itself. */
const MAX_YEARS = 200;

/** @throws Refusal BAD_USER_INPUT or TOO_MANY_ROWS */
export function questionOf(asked: UsageArguments, allowance: Allowance): Question {
  const { range, interval, zone } = windowsOf(asked);
  return { ...matterOf(asked), edges: edgesOf(range, interval, { zone, allowance }) };
}

export interface OpenQuestion {
  readonly matter: Matter;
  readonly range: Range;
  readonly edges: Generator<number>;
}

/** @throws Refusal BAD_USER_INPUT */
export function openQuestionOf(asked: UsageArguments): OpenQuestion {
  const { range, interval, zone } = windowsOf(asked);
  return { matter: matterOf(asked), range, edges: eachEdge(range, interval, zone) };
}

function matterOf({ meter: meterName, groupBy, filter: given, top }: UsageArguments): Matter {
  const meter = meters[meterName]!;
  const filter = given ?? {};
  const dimensions = dimensionsOf(meterName, meter, groupBy ?? []);
  checkFilter(meterName, meter, filter);
  return { meterName, meter, dimensions, filter, top: top ? topOf(top, meterName, meter) : null, kept: null };
}

function windowsOf(asked: UsageArguments): { range: Range; interval: UsageInterval | null; zone: Zone } {
  const [from, to] = [Date.parse(asked.from), Date.parse(asked.to)];
  if (from >= to) throw badInput(`The range from ${asked.from} to ${asked.to} is empty.`);
  const interval = asked.interval ?? null;
  if (interval !== null && to - from > MAX_YEARS * YEAR) {
    throw badInput(
      `The range from ${asked.from} to ${asked.to} has more than ${MAX_YEARS} years to cut by ${interval}.`,
    );
  }
  return { range: { from, to }, interval, zone: zoneOf(asked.timeZone ?? 'UTC') };
}
