import { batch, signal } from '@preact/signals';
import { useEffect, useMemo } from 'preact/hooks';
import { ask, Refused } from '../api/ask';
import { hear, watch } from '../api/changes';
import {
  RoomAndMedia,
  type RoomAndMediaData,
  RoomPeople,
  type RoomPeopleData,
  RoomTracks,
  type RoomTracksData,
  ThisRoom,
} from '../generated/operations';

export type RoomAnswer = NonNullable<RoomAndMediaData['room']>;
export type Person = RoomPeopleData['participants']['nodes'][number];
export type Track = RoomTracksData['tracks']['nodes'][number];

export interface Whole {
  readonly room: RoomAnswer;
  readonly people: readonly Person[];
  readonly tracks: readonly Track[];
}

export function useRoom(sid: string) {
  const store = useMemo(() => new RoomStore(sid), [sid]);
  useEffect(() => store.follow(), [store]);
  return store;
}

class RoomStore {
  readonly whole = signal<Whole | null>(null);
  readonly missing = signal(false);
  readonly error = signal<Refused | null>(null);
  private asking: AbortController | null = null;
  private again: ReturnType<typeof setTimeout> | null = null;
  private tookMs = 0;

  constructor(private readonly sid: string) {}

  follow(): () => void {
    void this.ask();
    const end = watch(ThisRoom, { sid: this.sid }, { next: () => this.soon(), subscribed: () => this.soon() });
    return () => {
      end();
      clearTimeout(this.again ?? undefined);
      this.asking?.abort();
    };
  }

  readonly ask = async (): Promise<void> => {
    this.asking?.abort();
    const { signal } = (this.asking = new AbortController());
    const began = performance.now();
    try {
      await this.load(signal);
      this.tookMs = performance.now() - began;
      hear();
    } catch (error) {
      if (signal.aborted) return;
      this.error.value = error instanceof Refused ? error : new Refused('INTERNAL', String(error));
      this.soon(3_000);
    }
  };

  /** A large room is asked less often. */
  private soon(ms = Math.max(250, this.tookMs * 4)): void {
    this.again ??= setTimeout(() => {
      this.again = null;
      void this.ask();
    }, ms);
  }

  private async load(signal: AbortSignal): Promise<void> {
    const { sid } = this;
    const first = this.whole.peek() === null;
    const [{ room }, start] = await Promise.all([ask(RoomAndMedia, { sid }, signal), ask(RoomPeople, { sid }, signal)]);
    if (room === null) return void (this.missing.value = true);
    const show = (people: readonly Person[], tracks: readonly Track[]): void =>
      batch(() => {
        this.whole.value = { room, people, tracks };
        this.error.value = null;
      });
    if (first) show(start.participants.nodes, []);
    const [people, tracks] = await Promise.all([restOfPeople(sid, start, signal), allTracks(sid, signal)]);
    show(people, tracks);
  }
}

async function restOfPeople(sid: string, { participants }: RoomPeopleData, signal: AbortSignal): Promise<Person[]> {
  const found = [...participants.nodes];
  for (let { pageInfo } = participants; pageInfo.hasNextPage;) {
    const next: RoomPeopleData = await ask(RoomPeople, { sid, after: pageInfo.endCursor }, signal);
    found.push(...next.participants.nodes);
    ({ pageInfo } = next.participants);
  }
  return found;
}

async function allTracks(sid: string, signal: AbortSignal): Promise<Track[]> {
  const found: Track[] = [];
  for (let after: string | null = null; ;) {
    const { tracks }: RoomTracksData = await ask(RoomTracks, { sid, after }, signal);
    found.push(...tracks.nodes);
    if (!tracks.pageInfo.hasNextPage) return found;
    after = tracks.pageInfo.endCursor;
  }
}
