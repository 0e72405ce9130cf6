import type { ParticipantInfo, Room } from '@livekit/protocol';
import type { LivekitApi } from './livekit-api.js';
import { mapAtMost } from './all-at-most.js';

/** What LiveKit lists of rooms and their people. */
export interface Census {
  /** When it began, in ms. */
  readonly began: number;
  readonly rooms: ReadonlyMap<string, Room>;
  /** The sids that were listed before or after. */
  readonly sids: ReadonlySet<string>;
  /** The sid that a name has before and after people were listed; null where the two differ. */
  readonly sidOf: ReadonlyMap<string, string | null>;
  /** By room name: of those that were asked; null where no node answered. */
  readonly people: ReadonlyMap<string, readonly ParticipantInfo[] | null>;
}

/** Where LiveKit asks a dead node, its answer takes 3 s. */
const AT_ONCE = 64;

/** Lists all rooms, and the people of these and of `names`. @throws what failed: a partial census judges nothing */
export async function takeCensus(api: LivekitApi, names: Iterable<string>, began: number): Promise<Census> {
  const before = await api.listRooms();
  const asked = [...new Set([...before.map(({ name }) => name), ...names])];
  const listed = await mapAtMost(AT_ONCE, asked, (name) => api.listParticipants(name));
  const after = new Map((await api.listRooms()).map(({ name, sid }) => [name, sid]));
  return {
    began,
    rooms: new Map(before.map((room) => [room.sid, room])),
    sids: new Set([...before.map(({ sid }) => sid), ...after.values()]),
    sidOf: new Map(before.map(({ name, sid }) => [name, after.get(name) === sid ? sid : null])),
    people: new Map(asked.map((name, at) => [name, listed[at]!])),
  };
}
