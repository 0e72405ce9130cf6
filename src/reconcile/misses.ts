import type { Finding } from '../projection/finding.js';
import type { JudgedSession } from '../upkeep/open-sessions.js';

const APART_MS = 10_000;
/** LiveKit's lists may be behind its webhooks. */
const SETTLED_MS = 2_000;
const GHOST_MS = 600_000;

interface Miss {
  /** When the round began, and when the answer was there. */
  readonly began: number;
  readonly missedAt: number;
  readonly lastSeenAt: number;
}

/** Remembers, from round to round, which open sessions LiveKit did not have, and what it lists that nobody hosts. */
export class Misses {
  private before = new Map<string, Miss>();
  private now = new Map<string, Miss>();
  private began = 0;
  private readonly ghosts = new Map<string, number>();

  begin(began: number): void {
    this.before = this.now;
    this.now = new Map();
    this.began = began;
    for (const [sid, at] of this.ghosts) if (at <= began - GHOST_MS) this.ghosts.delete(sid);
  }

  /** A round that could not judge changes nothing. */
  abandon(): void {
    this.now = this.before;
  }

  /** @returns the finding that ends it, on the second poll without it */
  miss(judged: JudgedSession, missedAt: number): Finding | null {
    if (judged.lastSeenAt > this.began - SETTLED_MS) return null;
    const key = JSON.stringify(judged.session);
    const known = this.before.get(key);
    const first = known?.lastSeenAt === judged.lastSeenAt ? known : undefined;
    this.now.set(key, first ?? { began: this.began, missedAt, lastSeenAt: judged.lastSeenAt });
    if (first === undefined || this.began - first.began < APART_MS) return null;
    const polls = [first.began, this.began];
    return { ...judged, conclusion: { name: 'reconciled', missedAt: first.missedAt, polls } };
  }

  get areOpen(): boolean {
    return [...this.now.values()].some(({ began }) => this.began - began < APART_MS);
  }

  /** Nobody hosts it, though it may be listed: it is not asked for again once it has ended. */
  noteGhost(sid: string): void {
    this.ghosts.set(sid, this.began);
  }

  isGhost(sid: string): boolean {
    return this.ghosts.has(sid);
  }
}
