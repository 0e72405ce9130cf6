import { Chance } from '../simulate/chance.js';
import { type Habit, habits } from './habits.js';
import { sceneOf, type Start } from './rooms.js';
import { inOrder, type Span, type Timed } from './scene.js';

const SECOND = 1000;
const MINUTE = 60 * SECOND;
const DAY = 24 * 60 * MINUTE;

/** What the rooms of a span told that had their whole session in it, each day the same for the same seed. */
export function* past(seed: number, { from, to }: Span): Generator<Timed> {
  const freeAt = new Map<string, number>();
  for (let day = Math.floor(from / DAY); day * DAY < to; day++) {
    const chance = new Chance(seed + day * 7919);
    const starts = habits.flatMap((habit) => startsOf(habit, day, chance)).toSorted((a, b) => a.from - b.from);
    for (const start of starts) {
      const scene = sceneOf(start, chance);
      const { habit } = start;
      // The places of those that are open now.
      const until = to - (habit.live > 0 ? habit.minutes[1] * MINUTE : 0);
      if (start.from < Math.max(from, freeAt.get(scene.name) ?? 0) || scene.span.to > until) continue;
      freeAt.set(scene.name, scene.span.to + MINUTE);
      yield* scene.told;
    }
  }
}

function startsOf(habit: Habit, day: number, chance: Chance): Start[] {
  const weekend = [0, 6].includes(new Date(day * DAY).getUTCDay());
  const busy = weekend ? (habit.hour === null ? 0.2 : 0) : 0.8 + 0.4 * chance.fraction();
  const count = Math.floor(habit.daily * busy + chance.fraction());
  return Array.from({ length: count }, () => {
    // Most begin about noon, some by night.
    const hour = habit.hour ?? 2 + 10 * (chance.fraction() + chance.fraction());
    const from = Math.round(day * DAY + (hour * 60 + 2 * chance.fraction()) * MINUTE);
    return { habit, number: numberOf(habit, chance.whole(0, 999)), from };
  });
}

function numberOf({ name }: Habit, any: number): number {
  return name.includes('0#') ? 1 + (any % 9) : 4000 + any;
}

/** Rooms one after the other in each place, for ever, from those that are under way; in the order of time. */
export function* present(seed: number, { from, to: now }: Span): Generator<Timed, never> {
  const chance = new Chance(seed);
  const play = (habit: Habit, place: number, begin: number): Timed[] => {
    const number = habit.name.includes('0#') ? place : chance.whole(0, 999);
    return inOrder(sceneOf({ habit, number: numberOf(habit, number), from: begin }, chance).told);
  };
  const places = habits
    .flatMap((habit) => Array.from({ length: habit.live }, () => habit))
    .map((habit, place) => {
      const ago = chance.whole(habit.minutes[0] * 15, habit.minutes[0] * 50) * SECOND;
      return { habit, place, told: play(habit, place, Math.max(from, now - ago)) };
    });
  for (;;) {
    const next = places.reduce((first, one) => (one.told[0]!.at < first.told[0]!.at ? one : first));
    const timed = next.told.shift()!;
    if (next.told.length === 0) next.told = play(next.habit, next.place, timed.at + chance.whole(5, 60) * SECOND);
    yield timed;
  }
}
