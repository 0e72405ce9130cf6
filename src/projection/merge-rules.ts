import { mergeLearned } from './learned.js';
import { byteOrder } from './snapshot-clock.js';

type Value = string | number | boolean | null | undefined | readonly number[];
type NameOf<F, V> = { [K in keyof F]-?: Exclude<F[K], undefined> extends V ? K : never }[keyof F] & string;

/** How facts about one session merge. Each rule is commutative, associative and idempotent (docs/design.md section 1). */
export interface MergeRules<F> {
  least?: readonly NameOf<F, number | null>[];
  greatest?: readonly NameOf<F, number | null>[];
  any?: readonly NameOf<F, boolean>[];
  union?: readonly NameOf<F, readonly number[]>[];
  /** Facts that should never change: the least non-empty text, if events disagree. */
  constant?: readonly NameOf<F, string | null>[];
  learned?: readonly NameOf<F, string | null>[];
  /** Clock → the fields taken together from the snapshot with the least, or greatest, clock. */
  earliest?: { readonly [clock in NameOf<F, string | null>]?: readonly (keyof F & string)[] };
  latest?: { readonly [clock in NameOf<F, string | null>]?: readonly (keyof F & string)[] };
}

type Loose = Record<string, Value>;
type Step = (into: Loose, other: Loose) => void;

/** `a` and `b` stay unchanged. Fields without a rule come from `a`. */
export function merger<F extends object>(rules: MergeRules<F>): (a: F, b: F) => F {
  const steps = stepsOf(rules as LooseRules);
  return (a, b) => {
    const merged = { ...a } as Loose;
    for (const step of steps) step(merged, b as Loose);
    return merged as F;
  };
}

interface LooseRules {
  least?: readonly string[];
  greatest?: readonly string[];
  any?: readonly string[];
  union?: readonly string[];
  constant?: readonly string[];
  learned?: readonly string[];
  earliest?: Record<string, readonly string[]>;
  latest?: Record<string, readonly string[]>;
}

function stepsOf(rules: LooseRules): Step[] {
  return [
    ...(rules.least ?? []).map((name) => pick(name, (mine, theirs) => theirs < mine)),
    ...(rules.greatest ?? []).map((name) => pick(name, (mine, theirs) => theirs > mine)),
    ...(rules.any ?? []).map(
      (name): Step =>
        (into, other) =>
          void (into[name] = into[name] === true || other[name] === true),
    ),
    ...(rules.union ?? []).map(
      (name): Step =>
        (into, other) =>
          void (into[name] = union(into[name], other[name])),
    ),
    ...(rules.constant ?? []).map(
      (name): Step =>
        (into, other) =>
          void (into[name] = constant(into[name], other[name])),
    ),
    ...(rules.learned ?? []).map(
      (name): Step =>
        (into, other) =>
          void (into[name] = mergeLearned(into[name] as string | null, other[name] as string | null)),
    ),
    ...Object.entries(rules.earliest ?? {}).map(([clock, group]) => dated([clock, ...group], (order) => order < 0)),
    ...Object.entries(rules.latest ?? {}).map(([clock, group]) => dated([clock, ...group], (order) => order > 0)),
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

function constant(mine: Value, theirs: Value): Value {
  if (!mine) return theirs || mine;
  return theirs && byteOrder(theirs as string, mine as string) < 0 ? theirs : mine;
}
