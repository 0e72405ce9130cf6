import type { Finding } from '../projection/finding.js';
import type { JudgedSession } from '../upkeep/open-sessions.js';

const APART_MS = 10_000;
/** LiveKit's lists may be behind its webhooks. */
const SETTLED_MS = 2_000;

interface Miss {
  readonly at: number;
  readonly lastSeenAt: number;
  readonly polls: readonly number[];
}

/** Remembers, from round to round, which open sessions LiveKit did not have. */
export class Misses {
  private before = new Map<string, Miss>();
  private now = new Map<string, Miss>();

  /** @param began the round, in ms */
  constructor(private began = 0) {}

  begin(at: number): void {
    this.before = this.now;
    this.now = new Map();
    this.began = at;
  }

  /** A round that could not judge changes nothing. */
  abandon(): void {
    this.now = this.before;
  }

  /** @returns the finding that ends it, on the second poll without it */
  miss(judged: JudgedSession): Finding | null {
    if (judged.lastSeenAt > this.began - SETTLED_MS) return null;
    const key = JSON.stringify(judged.session);
    const known = this.before.get(key);
    const same = known?.lastSeenAt === judged.lastSeenAt ? known : undefined;
    const polls = [...(same?.polls ?? []), this.began].slice(-10);
    this.now.set(key, { at: same?.at ?? this.began, lastSeenAt: judged.lastSeenAt, polls });
    if (same === undefined || this.began - same.at < APART_MS) return null;
    return { ...judged, conclusion: { name: 'reconciled', missedAt: same.at, polls: [same.at, this.began] } };
  }
}
