import { ClassicLevel } from 'classic-level';

export interface Text {
  /** ms */
  readonly receivedAt: number;
  readonly text: string;
}

export interface Stored {
  readonly key: string;
  readonly text: string;
}

/** Texts in the order they were appended. LevelDB survives kill -9 and a torn end of its log. */
export class SpoolStore {
  private next = 0;
  private count = 0;
  private size = 0;

  private constructor(private readonly level: ClassicLevel) {}

  /** @throws an error whose `cause` has the code `LEVEL_LOCKED` if another process has it open */
  static async open(folder: string): Promise<SpoolStore> {
    const store = new SpoolStore(new ClassicLevel(folder));
    await store.level.open();
    await store.index();
    return store;
  }

  get entries(): number {
    return this.count;
  }

  get bytes(): number {
    return this.size;
  }

  /** Durable once resolved. After an error some texts may be stored all the same. */
  async append(texts: readonly Text[]): Promise<void> {
    const puts = texts.map((one) => ({ type: 'put' as const, key: keyOf(this.next++, one), value: one.text }));
    await this.level.batch(puts, { sync: true });
    for (const { key } of puts) this.weigh(key, 1);
  }

  /** At most `most` texts and 16 MiB, but at least one. */
  async read(after: string, most: number): Promise<Stored[]> {
    const stored: Stored[] = [];
    let bytes = 0;
    for await (const [key, text] of this.level.iterator({ gt: after, limit: most, highWaterMarkBytes })) {
      stored.push({ key, text });
      bytes += bytesOf(key);
      if (bytes > READ_BYTES) break;
    }
    return stored;
  }

  /** Not synced: what a crash restores, the log already knows. */
  async remove(keys: readonly string[]): Promise<void> {
    await this.level.batch(keys.map((key) => ({ type: 'del' as const, key })));
    for (const key of keys) this.weigh(key, -1);
    // LevelDB frees disk space only when it compacts.
    if (this.count === 0) await this.level.compactRange('', '~');
  }

  async oldest(): Promise<number | null> {
    const [key] = await this.level.keys({ limit: 1 }).all();
    return key === undefined ? null : Number(key.split('-')[1]);
  }

  async close(): Promise<void> {
    await this.level.close();
  }

  private async index(): Promise<void> {
    for await (const key of this.level.keys()) {
      this.weigh(key, 1);
      this.next = Number(key.split('-')[0]) + 1;
    }
  }

  private weigh(key: string, sign: 1 | -1): void {
    this.count += sign;
    this.size += sign * bytesOf(key);
  }
}

const READ_BYTES = 16 * 1024 * 1024;
const highWaterMarkBytes = 1024 * 1024;
const KEY_BYTES = 38;

export function weightOf(text: string): number {
  return KEY_BYTES + Buffer.byteLength(text);
}

/** Sorts by order of appending, and gives time and size without reading the text. */
function keyOf(place: number, { receivedAt, text }: Text): string {
  return [pad(place, 14), pad(receivedAt, 13), pad(weightOf(text), 9)].join('-');
}

function pad(value: number, digits: number): string {
  return String(value).padStart(digits, '0');
}

export function bytesOf(key: string): number {
  return Number(key.split('-')[2]);
}
