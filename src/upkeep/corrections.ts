import type { Database } from '../database/database.js';
import { Writer } from '../erased/writer.js';
import { judgedColumns, judgedOf, kinds, ownColumn, sessionKinds, type JudgedSession } from './open-sessions.js';
import { record } from './record.js';

export interface Correction {
  readonly project: string;
  /** LiveKit's id of the session: `RM_…`, `PA_…`, `TR_…`, `EG_…`, `AJ_…`, or an ingress's resource id. */
  readonly id: string;
  readonly by: string;
  readonly reason: string;
  readonly now: number;
}

export class CannotCorrect extends Error {
  override name = 'CannotCorrect';
}

/** Ends a session that LiveKit has not ended. @param at in ms @throws CannotCorrect */
export async function close(database: Database, correction: Correction, at: number): Promise<void> {
  const { found, endSource } = await find(database, correction);
  if (endSource === 'REPORTED') {
    throw new CannotCorrect(`LiveKit has told when ${correction.id} ended, and its word stands.`);
  }
  const seen = new Date(found.lastSeenAt).toISOString();
  if (at < found.lastSeenAt) {
    throw new CannotCorrect(`${correction.id} was alive at ${seen}: choose that time or a later one.`);
  }
  if (at > correction.now) throw new CannotCorrect('The end lies in the future: choose a time that is over.');
  await decide(database, found, { ...correction, endedAt: at });
}

/** Takes the session's correction back. @throws CannotCorrect */
export async function reopen(database: Database, correction: Correction): Promise<void> {
  const { found, corrected } = await find(database, correction);
  if (!corrected) throw new CannotCorrect(`${correction.id} has no correction that could be taken back.`);
  await decide(database, found, { ...correction, endedAt: null });
}

async function decide(
  database: Database,
  judged: JudgedSession,
  { by, reason, now, endedAt }: Correction & { endedAt: number | null },
): Promise<void> {
  const conclusion = { name: 'corrected', endedAt, decidedAt: now, by, reason } as const;
  await record(new Writer(database), [{ ...judged, conclusion }], now);
}

interface FoundSession {
  readonly found: JudgedSession;
  readonly endSource: string | null;
  readonly corrected: boolean;
}

async function find({ prisma }: Database, { project, id }: Correction): Promise<FoundSession> {
  for (const kind of sessionKinds) {
    const [row] = await prisma.$queryRawUnsafe<{ endSource: string | null; learned: string | null }[]>(
      `select ${judgedColumns(kind)}, s.end_source as "endSource", s.learned from ${kinds[kind].table} s
        where s.${ownColumn(kind)} = $1 and s.project = $2 limit 1`,
      id,
      project,
    );
    if (row === undefined) continue;
    const { endSource, learned, ...judged } = row;
    const standing = learned === null ? null : (JSON.parse(learned) as { corrected?: { endedAt: number | null } });
    return { found: judgedOf(kind, judged), endSource, corrected: (standing?.corrected?.endedAt ?? null) !== null };
  }
  throw new CannotCorrect(`The project "${project}" has no session ${id}.`);
}
