import { Recent } from '../access/recent.js';

/** What every connection may hold prepared. */
const MOST = 200;

/** Names for the statements that come again: each connection prepares a named one once, and keeps it. */
export class StatementNames {
  private readonly names = new Map<string, string>();
  private readonly once = new Recent<string, true>(1_000);

  /** Undefined for a text that is new, or one too many. */
  of(text: string): string | undefined {
    const name = this.names.get(text);
    if (name !== undefined || this.names.size === MOST) return name;
    if (this.once.get(text)) this.names.set(text, `read_${this.names.size}`);
    else this.once.set(text, true);
    return this.names.get(text);
  }
}
