interface Waiting<K, V> {
  readonly key: K;
  readonly resolve: (value: V) => void;
  readonly reject: (error: unknown) => void;
}

/** Loads together, each once, the keys that one round of resolvers asks for. */
export class Loader<K, V> {
  private waiting: Waiting<K, V>[] = [];

  constructor(private readonly load: (keys: readonly K[]) => Promise<readonly V[]>) {}

  get(key: K): Promise<V> {
    return new Promise((resolve, reject) => {
      if (this.waiting.push({ key, resolve, reject }) === 1) afterThisRound(() => this.flush());
    });
  }

  private async flush(): Promise<void> {
    const waiting = this.waiting;
    this.waiting = [];
    try {
      const keys = [...new Set(waiting.map(({ key }) => key))];
      const values = await this.load(keys);
      const byKey = new Map(keys.map((key, index) => [key, values[index] as V]));
      for (const { key, resolve } of waiting) resolve(byKey.get(key) as V);
    } catch (error) {
      for (const { reject } of waiting) reject(error);
    }
  }
}

// nextTick runs once no microtask is left: every sibling resolver has asked by then.
function afterThisRound(run: () => Promise<void>): void {
  void Promise.resolve().then(() => process.nextTick(run));
}
