import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import type { Call, Reply } from './livekit-server.js';
import { listed, pulse } from './livekit-server.js';

const folder = join(import.meta.dirname, '..', 'fixtures', 'recordings');

/** Times in ms. */
export interface Person {
  readonly identity: string;
  readonly room: string;
  readonly sid: string;
  readonly roomSid: string;
  readonly joinCalledAt: number;
  readonly joinResponseAt: number;
  readonly connectedAt?: number;
  readonly endedAt?: number;
  readonly tracks?: readonly {
    readonly sid?: string;
    readonly publishCalledAt: number;
    readonly unpublishCalledAt?: number;
  }[];
}

export interface WorkerState {
  readonly at: number;
  readonly status: string;
  readonly egressId?: string;
  readonly ingressId?: string;
  readonly resourceId?: string;
  readonly startedAt: string;
  readonly endedAt?: string;
}

interface Server {
  readonly node: number;
  readonly readyAt: number;
  readonly exitedAt: number;
  readonly recordingEnded?: boolean;
}

interface Facts {
  readonly startedAt: number;
  readonly clients: readonly Partial<Person>[];
  readonly servers: readonly Server[];
  readonly rooms: readonly { readonly name: string; readonly sids: readonly string[] }[];
  readonly actions: readonly { readonly at: number; readonly what: string }[];
  readonly egress?: readonly WorkerState[];
  readonly ingress?: readonly WorkerState[];
}

/**
 * A poll of the recording, cut to what is read; left out where it equals the answer before. Of a name that is no longer
 * listed an empty list was added, as LiveKit answers.
 */
interface Answer extends Reply {
  readonly at: number;
  readonly node: number;
  readonly method: string;
  readonly room?: string;
}

interface Told {
  readonly receivedAt: number;
  readonly event: string;
  readonly room?: { readonly sid: string };
}

interface RoomSigns {
  readonly sid: string;
  readonly name: string;
  readonly life: number[];
  readonly ends: number[];
}

/** Plays what a recorded LiveKit answered until a moment, and knows who was really there. Times in ms. */
export class RecordedLivekit {
  readonly facts: Facts;
  readonly people: readonly Person[];
  /** When the last poll was answered. */
  readonly lastPoll: number;
  now = 0;
  /** Where the recording ends without a server, one without anything in it starts five minutes later. */
  private readonly emptyAgainAt: number;
  private readonly answers: readonly Answer[];
  private readonly told: readonly Told[];
  private readonly rooms: readonly RoomSigns[];

  constructor(readonly name: string) {
    this.facts = JSON.parse(readFileSync(join(folder, name, 'facts.json'), 'utf8')) as Facts;
    this.answers = lines<Answer>(name, 'polls');
    this.told = lines<{ receivedAt: number; body: string }>(name, 'webhooks').map(({ receivedAt, body }) => ({
      receivedAt,
      ...(JSON.parse(body) as Omit<Told, 'receivedAt'>),
    }));
    this.lastPoll = this.answers.at(-1)!.at;
    const gone = this.facts.servers.every(({ recordingEnded }) => !recordingEnded);
    this.emptyAgainAt = gone ? this.lastPoll + 300_000 : Infinity;
    this.people = this.facts.clients.filter((client): client is Person => client.sid !== undefined);
    this.rooms = this.facts.rooms.flatMap(({ name: room, sids }) => sids.map((sid) => this.signsOf(room, sid)));
  }

  readonly answer = ({ method, request: { room, identity } }: Call): Reply | null => {
    if (this.now > this.emptyAgainAt)
      return method.startsWith('List') && method !== 'ListDispatch' ? listed('rooms', []) : pulse(false);
    if (!this.facts.servers.some((server) => this.isUp(server))) return null;
    if (method === 'ListDispatch') return pulse(this.isHosted(room!));
    if (method === 'UpdateSubscriptions') return pulse(this.isIn(room!, identity!));
    const said = this.answers.findLast(
      (answer) =>
        answer.at <= this.now &&
        answer.method === method &&
        answer.room === room &&
        this.facts.servers.some((server) => server.node === answer.node && this.isUp(server)),
    );
    return said ?? (method === 'ListParticipants' ? listed('participants', []) : listed('rooms', []));
  };

  /** Who is connected now. */
  connected(): Person[] {
    return this.people.filter((person) => (person.connectedAt ?? Infinity) <= this.now && this.isThere(person));
  }

  /** The sids that a node hosts now. */
  hosted(): string[] {
    return this.rooms.filter((room) => this.isAlive(room)).map(({ sid }) => sid);
  }

  /** When the room last ended, as far as anybody knows. */
  endOf(roomSid: string): number {
    const people = this.people.filter((person) => person.roomSid === roomSid).map(({ endedAt = 0 }) => endedAt);
    return Math.max(this.rooms.find(({ sid }) => sid === roomSid)!.ends.at(-1) ?? 0, ...people);
  }

  /** While it records, the server is there; what became of it later is not known, and it stays as it was. */
  private isUp({ readyAt, exitedAt, recordingEnded = false }: Server): boolean {
    return readyAt <= this.now && (recordingEnded || this.now < exitedAt);
  }

  private isHosted(name: string): boolean {
    return this.rooms.some((room) => room.name === name && this.isAlive(room));
  }

  private isIn(room: string, identity: string): boolean {
    return this.people.some((one) => one.room === room && one.identity === identity && this.isThere(one));
  }

  private isThere({ joinResponseAt, endedAt = Infinity }: Person): boolean {
    return joinResponseAt <= this.now && this.now < endedAt;
  }

  private isAlive({ sid, life, ends }: RoomSigns): boolean {
    if (this.people.some((person) => person.roomSid === sid && this.isThere(person))) return true;
    const last = (times: number[]): number => times.findLast((at) => at <= this.now) ?? 0;
    return last(life) > last(ends);
  }

  private signsOf(name: string, sid: string): RoomSigns {
    const events = this.told.filter(({ room }) => room?.sid === sid);
    const at = (event: string): number[] => events.filter((one) => one.event === event).map((one) => one.receivedAt);
    const polls = this.answers.filter(({ method, status }) => method === 'ListRooms' && status === 200);
    const lists = polls.map((poll) => ({
      at: poll.at,
      room: (poll.body as { rooms: { sid: string; creation_time_ms: string }[] }).rooms.find((one) => one.sid === sid),
    }));
    const created = lists.flatMap(({ room }) => (room === undefined ? [] : [Number(room.creation_time_ms)]));
    const joined = this.people.filter((one) => one.roomSid === sid).map(({ joinResponseAt }) => joinResponseAt);
    const exits = this.facts.servers.filter(({ recordingEnded }) => !recordingEnded).map(({ exitedAt }) => exitedAt);
    const vanished = lists.filter(({ room }, index) => room === undefined && lists[index - 1]?.room !== undefined);
    const ends = [...at('room_finished'), ...exits, ...vanished.map((list) => list.at)];
    return {
      sid,
      name,
      life: [...created, ...at('room_started'), ...joined].sort(ascending),
      ends: ends.sort(ascending),
    };
  }
}

const ascending = (a: number, b: number): number => a - b;

function lines<T>(recording: string, file: string): T[] {
  const text = readFileSync(join(folder, recording, `${file}.jsonl`), 'utf8');
  return text
    .trim()
    .split('\n')
    .map((line) => JSON.parse(line) as T);
}
