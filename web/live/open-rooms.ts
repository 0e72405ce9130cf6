import { batch, signal } from '@preact/signals';
import { useEffect, useMemo } from 'preact/hooks';
import { ask, Refused } from '../api/ask';
import { hear, watch } from '../api/changes';
import {
  type OpenRoom,
  OpenRooms,
  type OpenRoomsData,
  type OpenRoomsVariables,
  RoomChanges,
} from '../generated/operations';
import { openRooms } from '../parts/shell';

const PAGE = 200;
/** As many as one screen of a browser can be asked to follow. */
const MOST = 2_000;

/** Every open room, by sid, kept up to date. */
export function useOpenRooms() {
  const store = useMemo(() => new OpenRoomStore(), []);
  useEffect(() => store.follow(), [store]);
  return store;
}

class OpenRoomStore {
  readonly rooms = signal<ReadonlyMap<string, OpenRoom>>(new Map());
  readonly loaded = signal(false);
  readonly error = signal<Refused | null>(null);
  private waiting = new Map<string, OpenRoom>();
  private asking: AbortController | null = null;
  private frame: ReturnType<typeof setTimeout> | null = null;

  follow(): () => void {
    void this.ask();
    const end = watch(
      RoomChanges,
      {},
      {
        next: ({ roomChanged }) => this.change(roomChanged),
        subscribed: () => void this.ask(),
      },
    );
    const repeating = setInterval(() => void this.ask(), 120_000);
    return () => {
      end();
      clearInterval(repeating);
      this.asking?.abort();
    };
  }

  readonly ask = async (): Promise<void> => {
    this.asking?.abort();
    const { signal } = (this.asking = new AbortController());
    try {
      const found = new Map<string, OpenRoom>();
      for (let after: string | null = null; found.size < MOST;) {
        const variables: OpenRoomsVariables = { first: after === null ? 50 : PAGE, after };
        const { rooms }: OpenRoomsData = await ask(OpenRooms, variables, signal);
        for (const room of rooms.nodes) found.set(room.sid, room);
        if (!this.loaded.peek()) this.show(new Map(found));
        after = rooms.pageInfo.endCursor;
        if (!rooms.pageInfo.hasNextPage) break;
      }
      this.show(found);
      hear();
    } catch (error) {
      if (signal.aborted) return;
      this.error.value = error instanceof Refused ? error : new Refused('INTERNAL', String(error));
      setTimeout(() => !signal.aborted && void this.ask(), 3_000);
    }
  };

  private show(rooms: ReadonlyMap<string, OpenRoom>): void {
    batch(() => {
      this.rooms.value = rooms;
      openRooms.value = rooms.size;
      this.loaded.value = true;
      this.error.value = null;
    });
  }

  /** Many changes are drawn at once. */
  private change(room: OpenRoom): void {
    this.waiting.set(room.sid, room);
    this.frame ??= setTimeout(() => {
      const rooms = new Map(this.rooms.peek());
      for (const one of this.waiting.values()) {
        if (one.active) rooms.set(one.sid, one);
        else rooms.delete(one.sid);
      }
      this.waiting.clear();
      this.frame = null;
      this.show(rooms);
    }, 200);
  }
}
