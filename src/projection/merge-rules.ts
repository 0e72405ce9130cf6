import { byteOrder } from './clock.js';

type Value = string | number | boolean | null | undefined | readonly number[];
type NameOf<F, V> = { [K in keyof F]-?: Exclude<F[K], undefined> extends V ? K : never }[keyof F] & string;

/**
 * How two records of one thing become one. Every rule is commutative, associative and idempotent, so
 * the outcome is a function of the set of records (design.md, the law).
 */
export interface Law<F> {
  least?: readonly NameOf<F, number | null>[];
  greatest?: readonly NameOf<F, number | null>[];
  /** True once any record says so. */
  any?: readonly NameOf<F, boolean>[];
  union?: readonly NameOf<F, readonly number[]>[];
  /** Facts that never change: the least non-empty text, should records disagree. */
  plain?: readonly NameOf<F, string | null>[];
  /** Clock → what goes with it: the record of the least, or of the greatest, clock. */
  earliest?: { readonly [clock in NameOf<F, string | null>]?: readonly (keyof F & string)[] };
  latest?: { readonly [clock in NameOf<F, string | null>]?: readonly (keyof F & string)[] };
}

type Loose = Record<string, Value>;
type Step = (into: Loose, other: Loose) => void;

/** Makes the merge of a law: both records stay as they are, what no rule names is the first's. */
export function merger<F extends object>(law: Law<F>): (a: F, b: F) => F {
  const steps = stepsOf(law as LooseLaw);
  return (a, b) => {
    const merged = { ...a } as Loose;
    for (const step of steps) step(merged, b as Loose);
    return merged as F;
  };
}

interface LooseLaw {
  least?: readonly string[];
  greatest?: readonly string[];
  any?: readonly string[];
  union?: readonly string[];
  plain?: readonly string[];
  earliest?: Record<string, readonly string[]>;
  latest?: Record<string, readonly string[]>;
}

function stepsOf(law: LooseLaw): Step[] {
  return [
    ...(law.least ?? []).map((name) => pick(name, (mine, theirs) => theirs < mine)),
    ...(law.greatest ?? []).map((name) => pick(name, (mine, theirs) => theirs > mine)),
    ...(law.any ?? []).map(
      (name): Step =>
        (into, other) =>
          void (into[name] = into[name] === true || other[name] === true),
    ),
    ...(law.union ?? []).map(
      (name): Step =>
        (into, other) =>
          void (into[name] = union(into[name], other[name])),
    ),
    ...(law.plain ?? []).map(
      (name): Step =>
        (into, other) =>
          void (into[name] = plain(into[name], other[name])),
    ),
    ...Object.entries(law.earliest ?? {}).map(([clock, group]) => dated([clock, ...group], (order) => order < 0)),
    ...Object.entries(law.latest ?? {}).map(([clock, group]) => dated([clock, ...group], (order) => order > 0)),
  ];
}

function pick(name: string, wins: (mine: number, theirs: number) => boolean): Step {
  return (into, other) => {
    const theirs = other[name] as number | null;
    const mine = into[name] as number | null;
    if (theirs !== null && (mine === null || wins(mine, theirs))) into[name] = theirs;
  };
}

function dated(group: string[], wins: (order: number) => boolean): Step {
  const clock = group[0] ?? '';
  return (into, other) => {
    const theirs = other[clock] as string | null;
    const mine = into[clock] as string | null;
    if (theirs === null || (mine !== null && !wins(byteOrder(theirs, mine)))) return;
    for (const name of group) into[name] = other[name];
  };
}

function union(mine: Value, theirs: Value): number[] {
  const members = new Set([...(mine as readonly number[]), ...(theirs as readonly number[])]);
  return [...members].sort((a, b) => a - b);
}

function plain(mine: Value, theirs: Value): Value {
  if (!mine) return theirs || mine;
  return theirs && byteOrder(theirs as string, mine as string) < 0 ? theirs : mine;
}
