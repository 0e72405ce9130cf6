import { badInput } from '../http/refusal.js';
import type { Measure } from './measures.js';
import { has, type Meter } from './meters.js';

const MAX_TOP = 1_000;

const measures = {
  SECONDS: 'milliseconds',
  STARTED_MINUTES: 'startedMinutes',
  SESSIONS: 'sessions',
  IDENTITIES: 'identities',
  PEAK_CONCURRENCY: 'peak',
  BYTES: 'bytes',
} as const satisfies Record<string, Measure>;

export interface UsageTop {
  readonly by: keyof typeof measures;
  readonly first: number;
  readonly others?: boolean | null;
}

export interface Top {
  readonly by: Ranking;
  readonly first: number;
  readonly others: boolean;
}

export type Ranking = (typeof measures)[keyof typeof measures];
export type GroupValues = readonly (string | null)[];

/** The groups with the most, best first, and whether the rest is summed in rows of its own. */
export interface Kept {
  readonly groups: readonly GroupValues[];
  readonly others: boolean;
}

/** @throws Refusal BAD_USER_INPUT */
export function topOf({ by, first, others }: UsageTop, meterName: string, meter: Meter): Top {
  if (first < 1 || first > MAX_TOP) throw badInput(`A top of ${first} groups is not between 1 and ${MAX_TOP}.`);
  if (!has(meter, measures[by])) throw badInput(`The meter ${meterName} has no ${by} to rank groups by.`);
  return { by: measures[by], first, others: others ?? false };
}
