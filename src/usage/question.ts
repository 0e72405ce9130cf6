import { badInput } from '../http/refusal.js';
import { type Dimension, type DimensionInput, dimensionsOf } from './dimensions.js';
import { checkFilter, type UsageFilter } from './filters.js';
import { type Meter, meters } from './meters.js';
import { edgesOf, type UsageInterval } from './windows.js';
import { zoneOf } from './zone.js';

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

/** @throws Refusal BAD_USER_INPUT or TOO_MANY_ROWS */
export function questionOf(asked: UsageArguments): Question {
  const meter = meters[asked.meter]!;
  const filter = asked.filter ?? {};
  const [from, to] = [Date.parse(asked.from), Date.parse(asked.to)];
  if (from >= to) throw badInput(`The range from ${asked.from} to ${asked.to} is empty.`);
  const zone = zoneOf(asked.timeZone ?? 'UTC');
  const dimensions = dimensionsOf(asked.meter, meter, asked.groupBy ?? []);
  checkFilter(asked.meter, meter, filter);
  return {
    meterName: asked.meter,
    meter,
    dimensions,
    filter,
    edges: edgesOf({ from, to }, asked.interval ?? null, zone),
  };
}
