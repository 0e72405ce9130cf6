import type { Writer } from '../erased/writer.js';
import type { Finding } from '../projection/finding.js';
import { record } from '../upkeep/record.js';
import { recordSightings, type Sighting } from '../upkeep/sightings.js';
import { judgeEgress, judgeIngress } from './judge-workers.js';
import { judgeRooms } from './judge-rooms.js';
import type { Judgement, JudgeParts } from './judgement.js';
import type { LivekitApi } from './livekit-api.js';
import { Misses } from './misses.js';

export type Part = 'rooms' | 'egress' | 'ingress';

export interface Round {
  readonly began: number;
  readonly findings: readonly Finding[];
  readonly sightings: readonly Sighting[];
  /** Why LiveKit could not be asked, by what. */
  readonly failures: ReadonlyMap<Part, unknown>;
  /** Something is missing, and a second poll would tell. */
  readonly doubtful: boolean;
}

type Judge = (parts: JudgeParts) => Promise<Judgement>;

const judges: Readonly<Record<Part, Judge>> = { rooms: judgeRooms, egress: judgeEgress, ingress: judgeIngress };

/** Compares one project's open sessions with its LiveKit, round after round (docs/design.md section 6). */
export class Reconciler {
  private readonly misses: Record<Part, Misses> = { rooms: new Misses(), egress: new Misses(), ingress: new Misses() };

  constructor(
    private readonly writer: Writer,
    readonly project: string,
    private readonly api: LivekitApi,
  ) {}

  /** Writes nothing. @param began in ms */
  async judge(began: number): Promise<Round> {
    const findings: Finding[] = [];
    const sightings: Sighting[] = [];
    const failures = new Map<Part, unknown>();
    const { project, api } = this;
    const { pool } = this.writer;
    const started = performance.now();
    const now = (): number => began + Math.ceil(performance.now() - started);
    for (const [part, judge] of Object.entries(judges) as [Part, Judge][]) {
      const misses = this.misses[part];
      misses.begin(began);
      try {
        const judged = await judge({ pool, project, api, misses, began, now });
        findings.push(...judged.findings);
        sightings.push(...judged.sightings);
      } catch (error) {
        misses.abandon();
        failures.set(part, error);
      }
    }
    const doubtful = Object.values(this.misses).some(({ areOpen }) => areOpen);
    return { began, findings, sightings, failures, doubtful };
  }

  /** @param at the events' time, in ms */
  async record({ findings, sightings }: Round, at: number): Promise<void> {
    await record(this.writer, findings, at);
    await recordSightings(this.writer, sightings);
  }
}
