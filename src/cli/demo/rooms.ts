import type { Chance } from '../simulate/chance.js';
import type { TrackKind } from '../simulate/participant.js';
import { type Appearance, caller, castSize, member } from './cast.js';
import type { Extra, Habit } from './habits.js';
import { type Goodbye, Scene, type Span } from './scene.js';

const SECOND = 1000;
const MINUTE = 60 * SECOND;
const FULL_HOUSE = 40;

export interface Start {
  readonly habit: Habit;
  readonly number: number;
  readonly from: number;
}

/** One session of a habit, from its start to its end. */
export function sceneOf({ habit, number, from }: Start, chance: Chance): Scene {
  const { name, tenant, people, minutes, crew } = habit;
  const to = from + chance.whole(minutes[0] * MINUTE, minutes[1] * MINUTE);
  const scene = new Scene(name.replace('#', String(number)), tenant, { from, to });
  const first = crew ?? chance.whole(0, castSize - 1);
  const seats = chance.whole(...people);
  for (let seat = 0; seat < seats; seat++) {
    const media = seat < habit.speakers ? mediaOf(seat, chance) : [];
    const stays = seats > FULL_HOUSE ? 25 * MINUTE : 500 * MINUTE;
    comeAndGo(scene, { who: member(first + seat), media, stays }, chance);
  }
  if (chance.under(0.04)) scene.abort(member(first + seats), from + 30 * SECOND);
  for (const extra of habit.extras) add[extra](scene, chance, member(first)(from).identity);
  return scene;
}

function mediaOf(seat: number, chance: Chance): TrackKind[] {
  const media: TrackKind[] = chance.under(0.8) ? ['microphone', 'camera'] : ['microphone'];
  return seat === 0 && chance.under(0.4) ? [...media, 'screen'] : media;
}

interface Guest {
  readonly who: Appearance;
  readonly media: readonly TrackKind[];
  /** ms, on average. */
  readonly stays: number;
}

/** Comes, drops out, comes back, until the room ends. */
function comeAndGo(scene: Scene, { who, media, stays }: Guest, chance: Chance): void {
  const { from, to } = scene.span;
  let at = from + chance.whole(0, Math.min((to - from) / 6, 8 * MINUTE));
  for (;;) {
    const end = at + 20 * SECOND + chance.whole(0, 2 * stays);
    const last = end > to - 3 * MINUTE;
    const goodbye = goodbyeOf(chance, last);
    scene.visit({ who, from: at, to: last ? to : end, media, goodbye });
    if (last) return;
    at = end + (goodbye === 'lost' ? 57 : chance.whole(10, 100)) * SECOND;
  }
}

function goodbyeOf(chance: Chance, last: boolean): Goodbye {
  if (last) return chance.under(0.01) ? 'unheard' : 'said';
  return chance.under(0.4) ? 'lost' : 'said';
}

const add: Readonly<Record<Extra, (scene: Scene, chance: Chance, host: string) => void>> = {
  recording: (scene, chance) => scene.record(later(scene, 40), null, chance),
  'own recording': (scene, chance, host) => chance.under(0.3) && scene.record(later(scene, 40), host, chance),
  agent: (scene, chance) => chance.under(0.7) && scene.assist(later(scene, 2), 'triage'),
  phone: (scene, chance) => {
    const { from, to } = scene.span;
    const goodbye = chance.under(0.1) ? 'lost' : 'said';
    scene.visit({ who: caller(chance), from, to: to - 30 * SECOND, media: ['microphone'], goodbye });
  },
  rtmp: (scene) => scene.stream(later(scene, 60), 'studio-feed', false),
  whip: (scene) => scene.stream(later(scene, 60), 'projector', true),
};

function later({ span: { from, to } }: Scene, seconds: number): Span {
  return { from: from + seconds * SECOND, to };
}
