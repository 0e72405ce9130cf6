import { Logger } from '@nestjs/common';
import { Refusal } from '../../http/refusal.js';
import type { Settings } from '../../settings/settings.js';
import { Batches } from '../batching/batches.js';
import { SetAside } from './set-aside.js';
import { partsOf, readEntry, type SpooledEvent, type Unreadable, weightOf } from './spool-entry.js';
import { cannotOpen, hasRoomFor, isFullDisk, makeFolder, reasonOf, takesFiles } from './spool-folder.js';
import { SpoolStore, type Text } from './spool-store.js';

export interface SpoolEntry extends SpooledEvent {
  readonly key: string;
  readonly bytes: number;
}

type Limits = Pick<Settings, 'spoolDir' | 'spoolMaxBytes'>;

const MEND_INTERVAL_MS = 1_000;
/** A spool with room for an event of this size is not full: it refuses only larger ones. */
const LARGE_BYTES = 64 * 1024;

/**
 * Keeps events on disk while the database is away. Refuses while it is full or its disk fails, and recovers by itself.
 */
export class Spool {
  onMended: () => void = () => undefined;
  private readonly writer = new Batches<Text[]>(async (batches) => {
    await this.write(batches.flat());
    return batches.map(() => undefined);
  });
  private readonly removed = new Set<string>();
  private aside: SetAside | null = null;
  private store: SpoolStore | null = null;
  private promised = 0;
  private trouble: { broken: boolean; reason: string } | null = null;
  private mending: NodeJS.Timeout | undefined;
  private underWay: Promise<void> | null = null;

  private constructor(
    private readonly folder: string | null,
    private readonly maxBytes: number,
    private readonly logger: Logger,
  ) {}

  /** @throws CannotStart if it cannot be opened, unless its disk is full */
  static async open({ spoolDir, spoolMaxBytes }: Limits, logger = new Logger(Spool.name)): Promise<Spool> {
    const spool = new Spool(spoolDir, spoolMaxBytes, logger);
    if (spoolDir === null) return spool;
    try {
      await spool.openStore(spoolDir);
    } catch (error) {
      if (!isFullDisk(error)) throw cannotOpen(spoolDir, error);
      spool.fail({ broken: true, reason: reasonOf(error) });
    }
    return spool;
  }

  get enabled(): boolean {
    return this.folder !== null;
  }

  get takes(): boolean {
    return this.store !== null && this.trouble === null;
  }

  get entries(): number {
    return this.store === null ? 0 : this.store.entries - this.removed.size;
  }

  get bytes(): number {
    return this.store?.bytes ?? 0;
  }

  get setAside(): number {
    return this.aside?.count ?? 0;
  }

  get lost(): number {
    return this.store?.lost ?? 0;
  }

  async oldest(): Promise<number | null> {
    return this.store?.oldest().catch(() => null) ?? null;
  }

  /**
   * All or none; on disk once resolved.
   * @throws Refusal 503 `UNAVAILABLE` without a spool, when it is full, or when its disk fails
   */
  async put(events: readonly SpooledEvent[]): Promise<void> {
    const texts = events.map(textOf);
    const bytes = texts.reduce((sum, { text }) => sum + weightOf(text), 0);
    if (this.store === null || this.trouble?.broken) throw refusal();
    if (bytes > this.room) {
      if (bytes <= this.large) this.fail({ broken: false, reason: `it is full, at ${this.maxBytes} bytes` });
      throw refusal(`the spool has no room for an event of ${bytes} bytes`);
    }
    this.promised += bytes;
    try {
      await this.writer.add(texts, bytes);
    } finally {
      this.promised -= bytes;
    }
  }

  /** Sets unreadable entries aside on the way. */
  async read(after: string, most: number): Promise<SpoolEntry[]> {
    const stored = (await this.store?.read(after, most)) ?? [];
    const [entries, unreadable]: [SpoolEntry[], Unreadable[]] = [[], []];
    for (const one of stored.filter(({ key }) => !this.removed.has(key))) {
      const entry = readEntry(one);
      if ('reason' in entry) unreadable.push(entry);
      else entries.push({ ...entry, key: one.key, bytes: partsOf(one.key)?.bytes ?? 0 });
    }
    await this.putAside(unreadable);
    const last = stored.at(-1);
    return last && entries.length === 0 ? this.read(last.key, most) : entries;
  }

  /** Remembers as removed what a failing disk cannot remove. */
  async remove(keys: readonly string[]): Promise<void> {
    try {
      if (this.trouble?.broken) for (const key of keys) this.removed.add(key);
      else await this.store?.remove(keys);
      if (this.trouble?.broken === false) await this.mend();
    } catch (error) {
      for (const key of keys) this.removed.add(key);
      this.fail({ broken: true, reason: reasonOf(error) });
    }
  }

  async close(): Promise<void> {
    clearInterval(this.mending);
    await this.underWay;
    await this.writer.idle();
    await this.store?.close();
  }

  private get room(): number {
    return this.maxBytes - this.bytes - this.promised;
  }

  private get large(): number {
    return Math.min(LARGE_BYTES, this.maxBytes / 8);
  }

  private async openStore(folder: string): Promise<SpoolStore> {
    await makeFolder(folder);
    this.aside = await SetAside.open(folder);
    const store = await SpoolStore.open(folder);
    if (store.missing > 0)
      this.logger.error(`${store.missing} events are lost: the spool accepted them, but its disk no longer has them.`);
    this.store = store;
    await this.putAside(store.unreadable.splice(0));
    return store;
  }

  private async putAside(unreadable: readonly Unreadable[]): Promise<void> {
    const kept: string[] = [];
    for (const entry of unreadable) if (await this.aside?.keep(entry)) kept.push(entry.key);
    if (kept.length > 0) await this.remove(kept);
  }

  private async write(texts: Text[]): Promise<void> {
    if (this.store === null || this.folder === null || this.trouble?.broken) throw refusal();
    const bytes = texts.reduce((sum, { text }) => sum + weightOf(text), 0);
    if (!(await hasRoomFor(this.folder, bytes))) {
      this.fail({ broken: false, reason: 'its disk is full' });
      throw refusal();
    }
    try {
      await this.store.append(texts);
    } catch (error) {
      this.fail({ broken: true, reason: reasonOf(error) });
      throw refusal();
    }
  }

  /** A failed write may tear the store's log, so nothing may follow it. Reads continue. */
  private fail(trouble: { broken: boolean; reason: string }): void {
    if (this.trouble === null) this.logger.error(`The spool takes no events: ${trouble.reason}.`);
    if (!this.trouble?.broken) this.trouble = trouble;
    this.mending ??= setInterval(() => void this.mend(), MEND_INTERVAL_MS).unref();
  }

  private mend(): Promise<void> {
    this.underWay ??= this.tryToMend().finally(() => (this.underWay = null));
    return this.underWay;
  }

  private async tryToMend(): Promise<void> {
    if (this.folder === null || this.trouble === null) return;
    if (this.trouble.broken && (await takesFiles(this.folder))) await this.reopen(this.folder);
    const room = (await hasRoomFor(this.folder, 0)) && this.room >= this.large;
    if (this.store === null || this.trouble.broken || !room) return;
    clearInterval(this.mending);
    this.mending = undefined;
    this.trouble = null;
    this.logger.log('The spool takes events again.');
    this.onMended();
  }

  private async reopen(folder: string): Promise<void> {
    try {
      const before = this.store;
      this.store = null;
      await before?.close();
      const store = await this.openStore(folder);
      await store.remove(await store.present([...this.removed]));
      this.removed.clear();
      this.trouble = { broken: false, reason: '' };
    } catch (error) {
      const reason = isFullDisk(error) ? reasonOf(error) : cannotOpen(folder, error).message;
      if (this.trouble?.reason !== reason) this.logger.error(`The spool cannot be opened again: ${reason}`);
      this.trouble = { broken: true, reason };
    }
  }
}

function textOf({ project, receivedAt, event }: SpooledEvent): Text {
  return { receivedAt, text: JSON.stringify({ project, receivedAt, event }) };
}

function refusal(reason = 'events cannot be kept here'): Refusal {
  return new Refusal(503, 'UNAVAILABLE', `The database is away, and ${reason}; send it again.`);
}
