import type { Call, Reply } from './livekit-server.js';
import { listed, pulse } from './livekit-server.js';

export interface ToyPerson {
  readonly sid: string;
  readonly identity: string;
  readonly joinedAt: number;
  readonly tracks?: readonly string[];
}

export interface ToyRoom {
  readonly sid: string;
  readonly name: string;
  readonly createdAt: number;
  people: ToyPerson[];
  /** Its node is gone, and the lists keep it. */
  dead?: boolean;
}

/** What a LiveKit has, to be changed by a test. Times in ms. */
export class ToyLivekit {
  rooms: ToyRoom[] = [];
  deadAfterMs = 0;
  /** Answers instead, unless it returns undefined. */
  instead: (call: Call) => Reply | null | undefined = () => undefined;

  readonly answer = (call: Call): Reply | null => {
    const other = this.instead(call);
    return other === undefined ? this.usual(call) : other;
  };

  private usual({ method, request }: Call): Reply {
    const room = this.rooms.find(({ name }) => name === request.room);
    if (method === 'ListRooms') return listed('rooms', this.rooms.map(listedRoom));
    if (method === 'ListParticipants') return listed('participants', (room?.people ?? []).map(listedPerson));
    if (method === 'ListDispatch') return pulse(room !== undefined && !room.dead, this.deadAfterMs);
    if (method !== 'UpdateSubscriptions') return listed('items', []);
    const isIn = room !== undefined && room.people.some(({ identity }) => identity === request.identity);
    return pulse(isIn && !room.dead, this.deadAfterMs);
  }
}

function listedRoom({ sid, name, createdAt }: ToyRoom): object {
  return { sid, name, creation_time: String(Math.floor(createdAt / 1000)), creation_time_ms: String(createdAt) };
}

function listedPerson({ sid, identity, joinedAt, tracks = [] }: ToyPerson): object {
  const version = { unix_micro: `${joinedAt}000`, ticks: 0 };
  return {
    sid,
    identity,
    state: 'ACTIVE',
    joined_at: String(Math.floor(joinedAt / 1000)),
    joined_at_ms: String(joinedAt),
    tracks: tracks.map((track) => ({ sid: track, type: 'AUDIO', source: 'MICROPHONE', version })),
  };
}
