import type { Pool } from 'pg';
import type { Finding } from '../projection/finding.js';
import { record } from '../upkeep/record.js';
import { recordSightings, type Sighting } from '../upkeep/sightings.js';
import { judgeEgress, judgeIngress } from './judge-workers.js';
import { judgeRooms, type JudgeParts } from './judge-rooms.js';
import type { LivekitApi } from './livekit-api.js';
import { Misses } from './misses.js';

export type Part = 'rooms' | 'egress' | 'ingress';

/** What one round found out. */
export interface Round {
  /** ms */
  readonly began: number;
  readonly findings: readonly Finding[];
  readonly sightings: readonly Sighting[];
  /** Why LiveKit could not be asked, by what. */
  readonly failures: ReadonlyMap<Part, unknown>;
}

/** Compares one project's open sessions with its LiveKit, round after round (docs/design.md section 6). */
export class Reconciler {
  private readonly misses: Record<Part, Misses> = { rooms: new Misses(), egress: new Misses(), ingress: new Misses() };

  constructor(
    private readonly pool: Pool,
    readonly project: string,
    private readonly api: LivekitApi,
  ) {}

  /** Writes nothing. @param began in ms */
  async judge(began: number): Promise<Round> {
    const findings: Finding[] = [];
    const sightings: Sighting[] = [];
    const failures = new Map<Part, unknown>();
    const attempt = async (part: Part, judge: (parts: JudgeParts) => Promise<void>): Promise<void> => {
      const misses = this.misses[part];
      misses.begin(began);
      try {
        await judge({ pool: this.pool, project: this.project, api: this.api, misses, began });
      } catch (error) {
        misses.abandon();
        failures.set(part, error);
      }
    };
    await attempt('rooms', async (parts) => {
      const judged = await judgeRooms(parts);
      findings.push(...judged.findings);
      sightings.push(...judged.sightings);
    });
    await attempt('egress', async (parts) => void findings.push(...(await judgeEgress(parts))));
    await attempt('ingress', async (parts) => void findings.push(...(await judgeIngress(parts))));
    return { began, findings, sightings, failures };
  }

  /** @param at the events' time, in ms */
  async record({ findings, sightings }: Round, at: number): Promise<void> {
    await record(this.pool, findings, at);
    await recordSightings(this.pool, sightings);
  }
}
