import { ClassicLevel } from 'classic-level';
import { MarkFile, readMark } from './acknowledged.js';
import { refuseDamage } from './damage.js';
import { checksum, faultOf, partsOf, sealed, type Stored, type Unreadable } from './spool-entry.js';

export interface Text {
  /** ms */
  readonly receivedAt: number;
  readonly text: string;
}

/** Key of the counts. Sorts before every entry, and is written in one batch with what it counts. */
const STATE = '#state';
/** Sorts after every entry. */
const END = '~';

interface State {
  next: number;
  /** How many of the numbers before it are removed and lost; the others are stored. */
  removed: number;
  lost: number;
}

interface Put {
  readonly type: 'put';
  readonly key: string;
  readonly value: string;
}

/** Numbered texts in order of arrival. LevelDB survives kill -9 and a torn end of its log. */
export class SpoolStore {
  readonly unreadable: Unreadable[] = [];
  missing = 0;
  private count = 0;
  private size = 0;
  private state: State = { next: 0, removed: 0, lost: 0 };
  private turn: Promise<unknown> = Promise.resolve();

  private constructor(
    private readonly level: ClassicLevel,
    private readonly mark: MarkFile,
  ) {}

  /**
   * @throws CannotStart if it is damaged
   * @throws an error whose `cause` has the code `LEVEL_LOCKED` if another process has it open
   */
  static async open(folder: string): Promise<SpoolStore> {
    const mark = await readMark(folder);
    await refuseDamage(folder, mark);
    const level = new ClassicLevel(folder, { compression: false });
    await level.open();
    const file = await MarkFile.open(folder).catch((error: unknown) => level.close().then(() => Promise.reject(error)));
    const store = new SpoolStore(level, file);
    await store.index(mark?.next ?? 0).catch((error: unknown) => store.close().then(() => Promise.reject(error)));
    return store;
  }

  get entries(): number {
    return this.count;
  }

  get bytes(): number {
    return this.size;
  }

  get lost(): number {
    return this.state.lost;
  }

  /** On disk once resolved. After an error some may be stored all the same; append nothing more. */
  append(texts: readonly Text[]): Promise<void> {
    return this.inTurn(async () => {
      const { next } = this.state;
      const puts = texts.map(({ receivedAt, text }, at) => put(sealed(next + at, receivedAt, text)));
      const state = { ...this.state, next: next + texts.length };
      await this.level.batch([stateOf(state), ...puts], { sync: true });
      this.state = state;
      for (const { key } of puts) this.weigh(key, 1);
      await this.mark.write(state.next).catch(() => undefined);
    });
  }

  /** At most `most` entries and 16 MiB, but at least one. */
  async read(after: string, most: number): Promise<Stored[]> {
    const stored: Stored[] = [];
    let bytes = 0;
    const range = { gt: after === '' ? STATE : after, limit: most, highWaterMarkBytes };
    for await (const [key, value] of this.level.iterator(range)) {
      stored.push({ key, value });
      bytes += value.length;
      if (bytes > READ_BYTES) break;
    }
    return stored;
  }

  /** Not synced: what a crash restores, the log already knows. */
  remove(keys: readonly string[]): Promise<void> {
    return this.inTurn(async () => {
      const state = { ...this.state, removed: this.state.removed + keys.length };
      await this.level.batch([stateOf(state), ...keys.map((key) => ({ type: 'del' as const, key }))]);
      this.state = state;
      for (const key of keys) this.weigh(key, -1);
      if (this.count === 0) await this.wipe();
    });
  }

  /** LevelDB forgets what was removed only when it compacts, and its lowest level only under what is written above it. */
  private async wipe(): Promise<void> {
    await this.level.compactRange('', END);
    await this.level.batch([stateOf(this.state), { type: 'del', key: END }]);
    await this.level.compactRange('', END);
  }

  async present(keys: string[]): Promise<string[]> {
    const found = await this.level.hasMany(keys);
    return keys.filter((_, at) => found[at]);
  }

  async oldest(): Promise<number | null> {
    const [key = ''] = await this.level.keys({ gt: STATE, limit: 1 }).all();
    return partsOf(key)?.receivedAt ?? null;
  }

  async close(): Promise<void> {
    await this.turn;
    await this.mark.close().catch(() => undefined);
    await this.level.close();
  }

  /** Reads every entry once and counts the missing ones. */
  private async index(acknowledged: number): Promise<void> {
    let after = 0;
    let stored: string | undefined;
    for await (const [key, value] of this.level.iterator({ highWaterMarkBytes })) {
      if (key === STATE) {
        stored = value;
        continue;
      }
      this.weigh(key, 1);
      after = Math.max(after, (partsOf(key)?.number ?? -1) + 1);
      const reason = faultOf({ key, value });
      if (reason !== null) this.unreadable.push({ key, value, reason });
    }
    const known = readState(stored) ?? { next: after, removed: after - this.count, lost: 0 };
    const expected = Math.max(known.next, acknowledged);
    this.missing = Math.max(0, expected - known.removed - known.lost - this.count);
    const [next, lost] = [Math.max(expected, after), known.lost + this.missing];
    this.state = { next, removed: next - lost - this.count, lost };
    if (this.missing > 0) await this.level.batch([stateOf(this.state)], { sync: true });
  }

  private weigh(key: string, sign: 1 | -1): void {
    this.count += sign;
    this.size += sign * (partsOf(key)?.bytes ?? 0);
  }

  /** One at a time, so that the mark never includes half a write. */
  private inTurn<T>(work: () => Promise<T>): Promise<T> {
    const result = this.turn.then(work);
    this.turn = result.catch(() => undefined);
    return result;
  }
}

const READ_BYTES = 16 * 1024 * 1024;
const highWaterMarkBytes = 1024 * 1024;

function put({ key, value }: Stored): Put {
  return { type: 'put', key, value };
}

function stateOf(state: State): Put {
  const text = JSON.stringify(state);
  return put({ key: STATE, value: `${checksum(STATE, text)} ${text}` });
}

/** Null if there is none or its checksum is wrong. */
function readState(value = ''): State | null {
  const text = value.slice(9);
  return value.slice(0, 8) === checksum(STATE, text) ? (JSON.parse(text) as State) : null;
}
