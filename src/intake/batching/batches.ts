const MAX_BATCH = 500;
const MAX_BATCH_BYTES = 16 * 1024 * 1024;
/** A smaller batch waits for the previous one: a commit is expensive, another event in it cheap. */
const MANY = 128;
/** Only a batch with very many rows takes longer: others do not wait for it. */
const LONG_MS = 250;

interface Waiting<T, R> {
  item: T;
  bytes: number;
  resolve: (result: R | PromiseLike<R>) => void;
  reject: (error: unknown) => void;
}

/** Commits items in batches. If many wait, the next batch begins while the last is being written. */
export class Batches<T, R = void> {
  private waiting: Waiting<T, R>[] = [];
  private readonly underWay = new Set<Promise<void>>();
  private readonly passed = new Set<Waiting<T, R>[]>();
  private preparing: Waiting<T, R>[] | null = null;

  /** @param commit calls `onWriting` when only the writes are left, and resolves with a result for each item */
  constructor(
    private readonly commit: (items: T[], onWriting: () => void) => Promise<readonly (R | PromiseLike<R>)[]>,
  ) {}

  add(item: T, bytes: number): Promise<R> {
    return new Promise((resolve, reject) => {
      const waiting = this.waiting.push({ item, bytes, resolve, reject });
      // Requests of one turn of the event loop share a commit.
      if (waiting === this.enough()) setImmediate(() => this.begin());
    });
  }

  async idle(): Promise<void> {
    while (this.waiting.length > 0 || this.underWay.size > 0) {
      await Promise.all([new Promise(setImmediate), ...this.underWay]);
    }
  }

  private enough(): number {
    if (this.preparing || this.underWay.size > 1) return Infinity;
    return this.underWay.size === this.passed.size ? 1 : MANY;
  }

  private passBy(batch: Waiting<T, R>[]): void {
    this.passed.add(batch);
    this.prepared(batch);
  }

  private begin(): void {
    if (this.waiting.length < this.enough()) return;
    const batch = (this.preparing = this.take());
    const long = setTimeout(() => this.passBy(batch), LONG_MS);
    const committed = this.commitBatch(batch).finally(() => {
      clearTimeout(long);
      this.passed.delete(batch);
      this.underWay.delete(committed);
      this.prepared(batch);
    });
    this.underWay.add(committed);
  }

  private prepared(batch: Waiting<T, R>[]): void {
    if (this.preparing === batch) this.preparing = null;
    this.begin();
  }

  private async commitBatch(batch: Waiting<T, R>[]): Promise<void> {
    try {
      const results = await this.commit(
        batch.map(({ item }) => item),
        () => this.prepared(batch),
      );
      batch.forEach(({ resolve }, at) => resolve(results[at]!));
    } catch (error) {
      for (const { reject } of batch) reject(error);
    }
  }

  private take(): Waiting<T, R>[] {
    let bytes = 0;
    let count = 0;
    while (count < this.waiting.length && count < MAX_BATCH && (count === 0 || bytes < MAX_BATCH_BYTES)) {
      bytes += this.waiting[count]?.bytes ?? 0;
      count++;
    }
    return this.waiting.splice(0, count);
  }
}
