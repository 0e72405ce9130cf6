import type { ParticipantInfo, Room } from '@livekit/protocol';
import type { LivekitApi } from './livekit-api.js';
import { mapAtMost } from './all-at-most.js';

export interface ListedPerson {
  readonly info: ParticipantInfo;
  readonly roomName: string;
}

/** What LiveKit lists of rooms and their people. */
export interface Census {
  /** When it began, in ms. */
  readonly began: number;
  /** By sid. */
  readonly rooms: ReadonlyMap<string, Room>;
  /** The sid that a name has before and after people were listed; null where the two differ. */
  readonly sidOf: ReadonlyMap<string, string | null>;
  /** By room name: those that were asked. */
  readonly people: ReadonlyMap<string, readonly ParticipantInfo[]>;
}

const AT_ONCE = 16;

/** Lists all rooms, and the people of these and of `names`. @throws what failed: a partial census judges nothing */
export async function takeCensus(api: LivekitApi, names: Iterable<string>, began: number): Promise<Census> {
  const before = await api.listRooms();
  const asked = [...new Set([...before.map(({ name }) => name), ...names])];
  const listed = await mapAtMost(AT_ONCE, asked, (name) => api.listParticipants(name));
  const after = new Map((await api.listRooms()).map(({ name, sid }) => [name, sid]));
  return {
    began,
    rooms: new Map(before.map((room) => [room.sid, room])),
    sidOf: new Map(before.map(({ name, sid }) => [name, after.get(name) === sid ? sid : null])),
    people: new Map(asked.map((name, at) => [name, listed[at]!])),
  };
}
