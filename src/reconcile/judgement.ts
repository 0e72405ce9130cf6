import type { Pool } from 'pg';
import type { Finding, SessionKind, SessionRef } from '../projection/finding.js';
import type { JudgedSession } from '../upkeep/open-sessions.js';
import type { Sighting } from '../upkeep/sightings.js';
import { knownSessions, type KnownSession } from './open-rows.js';
import type { LivekitApi } from './livekit-api.js';
import type { Misses } from './misses.js';

/** A dead node's answer takes 3 s. */
export const PROBES_AT_ONCE = 128;
/** What began later has its webhook under way. */
export const SETTLED_MS = 2_000;

export interface JudgeParts {
  readonly pool: Pool;
  readonly project: string;
  readonly api: LivekitApi;
  readonly misses: Misses;
  /** When the round began, in ms. */
  readonly began: number;
  readonly now: () => number;
}

export class Judgement {
  readonly findings: Finding[] = [];
  readonly sightings: Sighting[] = [];

  constructor(readonly parts: JudgeParts) {}

  miss(judged: JudgedSession): void {
    const finding = this.parts.misses.miss(judged, this.parts.now());
    if (finding) this.findings.push(finding);
  }

  see(session: SessionRef): void {
    this.sightings.push({ session, seenAt: this.parts.began });
  }

  /** Its node answered for it, and the tables lack it. */
  find(finding: Finding): void {
    this.findings.push(finding);
    this.see(finding.session);
  }

  restore(known: KnownSession): void {
    if (known.endSource === 'RECONCILED' || known.endSource === 'EXPIRED') {
      this.findings.push({ ...known, conclusion: { name: 'restored', seenAt: this.parts.began } });
    } else if (known.endSource === 'CASCADED') this.see(known.session);
  }

  known(kind: SessionKind, ids: readonly string[]): Promise<Map<string, KnownSession>> {
    const { pool, project } = this.parts;
    return knownSessions(pool, { project, kind, ids });
  }
}
