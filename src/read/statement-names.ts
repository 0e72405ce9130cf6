import { LruCache } from '../access/lru-cache.js';

/** Limit for each connection. */
const MOST = 200;

/** Names recurring statements, so that each connection prepares them once. */
export class StatementNames {
  private readonly names = new Map<string, string>();
  private readonly once = new LruCache<string, true>(1_000);

  /** Undefined for a new text, or when all names are taken. */
  of(text: string): string | undefined {
    const name = this.names.get(text);
    if (name !== undefined || this.names.size === MOST) return name;
    if (this.once.get(text)) this.names.set(text, `read_${this.names.size}`);
    else this.once.set(text, true);
    return this.names.get(text);
  }
}
