import { Chance } from './chance.js';
import { dated, type Message } from './webhook-message.js';
import { PlayedRoom } from './room.js';

export interface Play {
  readonly seed: number;
  readonly rooms: number;
  readonly count: number;
  readonly from: number;
  readonly to: number;
}

/** Exactly `count` events of concurrent rooms. The last ones end what is open; an odd one left over starts a room. */
export function* play({ seed, rooms, count, from, to }: Play): Generator<Message> {
  const chance = new Chance(seed);
  let now = from;
  const create = (slot: number): PlayedRoom => new PlayedRoom(nameOf(slot), chance, () => now);
  const running = Array.from({ length: Math.min(rooms, Math.ceil(count / 10)) }, (_, slot) => create(slot));
  for (let sent = 0; sent < count; sent++) {
    now = Math.round(from + ((to - from) * (sent + 1)) / count);
    const open = running.reduce((sum, room) => sum + room.open, 0);
    const closing = open > 0 && open + 2 > count - sent;
    const slot = chance.pick([...running.keys()].filter((at) => !closing || running[at]!.open > 0));
    const { key, body } = closing ? running[slot]!.close() : running[slot]!.step();
    yield { key, body: dated(body, now) };
    if (body.event === 'room_finished') running[slot] = create(slot);
  }
}

function nameOf(slot: number): string {
  const kinds = ['standup', 'lesson', 'consultation', 'webinar', 'support'];
  return `${kinds[slot % kinds.length]}-${Math.floor(slot / kinds.length) + 1}`;
}
