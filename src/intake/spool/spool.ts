import { Logger } from '@nestjs/common';
import type { JsonObject } from '../../livekit/json.js';
import { Refusal } from '../../http/refusal.js';
import type { Settings } from '../../settings/settings.js';
import { Batches } from '../batching/batches.js';
import { hasReserve, makeFolder, reasonOf, refuseToOpen, takesFiles } from './spool-folder.js';
import { bytesOf, SpoolStore, type Text, weightOf } from './spool-store.js';

export interface SpooledEvent {
  readonly project: string;
  /** ms */
  readonly receivedAt: number;
  readonly event: JsonObject;
}

export interface SpoolEntry extends SpooledEvent {
  readonly key: string;
  readonly bytes: number;
}

const MEND_INTERVAL_MS = 1_000;

/**
 * Keeps events on disk while the database is away. Refuses while it is full or its disk fails, and recovers by itself.
 */
export class Spool {
  onMended: () => void = () => undefined;
  private readonly logger = new Logger(Spool.name);
  private readonly writer = new Batches<Text[]>(async (batches) => {
    await this.write(batches.flat());
    return batches.map(() => undefined);
  });
  private readonly removed = new Set<string>();
  private store: SpoolStore | null = null;
  private promised = 0;
  private trouble: { broken: boolean; reason: string } | null = null;
  private mending: NodeJS.Timeout | undefined;
  private underWay: Promise<void> | null = null;

  private constructor(
    private readonly folder: string | null,
    private readonly maxBytes: number,
  ) {}

  /** @throws CannotStart if another process holds the folder, or it cannot be used */
  static async open({ spoolDir, spoolMaxBytes }: Pick<Settings, 'spoolDir' | 'spoolMaxBytes'>): Promise<Spool> {
    const spool = new Spool(spoolDir, spoolMaxBytes);
    if (spoolDir === null) return spool;
    await makeFolder(spoolDir);
    spool.store = await SpoolStore.open(spoolDir).catch((error: unknown) => {
      refuseToOpen(spoolDir, error);
      spool.fail({ broken: true, reason: reasonOf(error) });
      return null;
    });
    return spool;
  }

  get enabled(): boolean {
    return this.folder !== null;
  }

  get takes(): boolean {
    return this.store !== null && this.trouble === null;
  }

  get entries(): number {
    return (this.store?.entries ?? 0) - this.removed.size;
  }

  get bytes(): number {
    return this.store?.bytes ?? 0;
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
    if (this.bytes + this.promised + bytes > this.maxBytes) {
      this.fail({ broken: false, reason: `it holds ${this.maxBytes} bytes` });
      throw refusal();
    }
    this.promised += bytes;
    try {
      await this.writer.add(texts, bytes);
    } finally {
      this.promised -= bytes;
    }
  }

  async read(after: string, most: number): Promise<SpoolEntry[]> {
    const stored = (await this.store?.read(after, most)) ?? [];
    const left = stored.filter(({ key }) => !this.removed.has(key));
    const last = stored.at(-1);
    if (last && left.length === 0) return this.read(last.key, most);
    return left.map(({ key, text }) => ({ ...(JSON.parse(text) as SpooledEvent), key, bytes: bytesOf(key) }));
  }

  /** Remembers as removed what a failing disk cannot remove. */
  async remove(keys: readonly string[]): Promise<void> {
    try {
      await this.store?.remove(keys);
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

  private async write(texts: Text[]): Promise<void> {
    if (this.store === null || this.folder === null || this.trouble?.broken) throw refusal();
    if (!(await hasReserve(this.folder))) {
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
    const room = (await hasReserve(this.folder)) && this.bytes + this.promised < this.maxBytes * 0.99;
    if (this.store === null || this.trouble.broken || !room) return;
    clearInterval(this.mending);
    this.mending = undefined;
    this.trouble = null;
    this.logger.log('The spool takes events again.');
    this.onMended();
  }

  private async reopen(folder: string): Promise<void> {
    try {
      await this.store?.close();
      this.store = null;
      this.store = await SpoolStore.open(folder);
      await this.store.remove([...this.removed]);
      this.removed.clear();
      this.trouble = { broken: false, reason: '' };
    } catch (error) {
      this.logger.debug(`The spool in ${folder} cannot be opened: ${reasonOf(error)}`);
    }
  }
}

function textOf({ project, receivedAt, event }: SpooledEvent): Text {
  return { receivedAt, text: JSON.stringify({ project, receivedAt, event }) };
}

function refusal(): Refusal {
  return new Refusal(503, 'UNAVAILABLE', 'The database is away, and events cannot be kept here; send it again.');
}
