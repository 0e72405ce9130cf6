const MAX_BATCH = 500;
const MAX_BATCH_BYTES = 16 * 1024 * 1024;

interface Waiting<T, R> {
  item: T;
  bytes: number;
  resolve: (result: R) => void;
  reject: (error: unknown) => void;
}

/** One after the other, takes all that waits and commits it together; answers each after its commit. */
export class Lane<T, R = void> {
  /** How many wait, or are being committed. */
  unanswered = 0;
  private waiting: Waiting<T, R>[] = [];
  private running: Promise<void> | null = null;

  constructor(private readonly commit: (items: T[]) => Promise<R>) {}

  add(item: T, bytes: number): Promise<R> {
    return new Promise((resolve, reject) => {
      this.unanswered++;
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
    while (this.waiting.length > 0) await this.commitNext();
    this.running = null;
  }

  private async commitNext(): Promise<void> {
    const batch = this.take();
    try {
      const result = await this.commit(batch.map(({ item }) => item));
      for (const { resolve } of batch) resolve(result);
    } catch (error) {
      for (const { reject } of batch) reject(error);
    }
    this.unanswered -= batch.length;
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
