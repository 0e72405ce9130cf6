const MAX_BATCH = 500;
const MAX_BATCH_BYTES = 16 * 1024 * 1024;
/** Fewer than these wait for the batch before: a commit costs much, and one more event in it little. */
const MANY = 128;

interface Waiting<T, R> {
  item: T;
  bytes: number;
  resolve: (result: R) => void;
  reject: (error: unknown) => void;
}

/**
 * Takes all that waits and commits it together; answers each after its commit. One batch after the other, but that
 * the next begins while one is being written, where many wait.
 */
export class Batches<T, R = void> {
  private waiting: Waiting<T, R>[] = [];
  private running: Promise<void> | null = null;

  /** @param commit calls `writing` when all that is left to do is to write */
  constructor(private readonly commit: (items: T[], writing: () => void) => Promise<R>) {}

  add(item: T, bytes: number): Promise<R> {
    return new Promise((resolve, reject) => {
      this.waiting.push({ item, bytes, resolve, reject });
      this.running ??= this.run();
    });
  }

  /** Kept when nothing waits any more. */
  async idle(): Promise<void> {
    await this.running;
  }

  private async run(): Promise<void> {
    // Requests that arrive in the same turn of the event loop share the first commit.
    await new Promise(setImmediate);
    let last = Promise.resolve();
    while (this.waiting.length > 0) {
      const before = last;
      const writing = new Promise<void>((begun) => (last = this.commitNext(begun)));
      await Promise.race([writing, last]);
      await before;
      if (this.waiting.length < MANY) await last;
    }
    this.running = null;
  }

  private async commitNext(writing: () => void): Promise<void> {
    const batch = this.take();
    try {
      const result = await this.commit(
        batch.map(({ item }) => item),
        writing,
      );
      for (const { resolve } of batch) resolve(result);
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
