import { Outdated } from '../database/failure.js';
import { type ParameterColumn, UnnestedRows } from '../database/unnested-rows.js';
import { inTransaction, type Statement } from '../database/transaction.js';
import type { Writer } from '../erased/writer.js';
import { ownId, sightingEvent, type SessionRef } from '../projection/finding.js';
import { lockValues, takeLocks } from '../projection/lock.js';
import { project } from '../projection/project.js';

/** LiveKit confirmed an open room, participant or track when asked. */
export interface Sighting {
  readonly session: SessionRef;
  readonly seenAt: number;
}

const BATCH = 500;

const columns: readonly ParameterColumn<Sighting>[] = [
  ['project', 'text', ({ session }) => session.project],
  ['kind', 'text', ({ session }) => session.kind],
  ['room_name', 'text', ({ session }) => session.roomName],
  ['sid', 'text', ({ session }) => session[ownId[session.kind]]],
  ['seen_at', 'timestamptz', ({ seenAt }) => seenAt],
];
const rows = new UnnestedRows(columns);
const upsert = `insert into sighting (project, kind, room_name, sid, seen_at)
  select * from ${rows.sql} s order by sid, room_name, project, kind
  on conflict (sid, room_name, project, kind) do update
  set seen_at = excluded.seen_at, xid = excluded.xid where sighting.seen_at < excluded.seen_at`;

/** Moves the last sign of life of sessions that are in the tables. */
export async function recordSightings(writer: Writer, sightings: readonly Sighting[]): Promise<void> {
  for (let from = 0; from < sightings.length; from += BATCH) {
    const some = sightings.slice(from, from + BATCH);
    // Read again: an erasure may come between the two.
    await recordTogether(writer, some).catch((error: unknown) => {
      if (!(error instanceof Outdated)) throw error;
      return recordTogether(writer, some);
    });
  }
}

async function recordTogether({ pool, erased }: Writer, sightings: readonly Sighting[]): Promise<void> {
  const rewritten = await erased.rewrite(sightings.map(({ session, seenAt }) => sightingEvent(session, seenAt)));
  const { events } = rewritten;
  const named = sightings.map((sighting, at) => {
    const { roomName } = events[at]!.ids;
    return { ...sighting, session: { ...sighting.session, roomName } };
  });
  await inTransaction(pool, async (run) => {
    const locks: Statement = { name: 'locks', text: takeLocks, values: lockValues(events) };
    const [, , writes] = await Promise.all([run(locks), erased.check(run, rewritten), project(run, events)]);
    return [{ name: 'sightings', text: upsert, values: rows.values(named) }, ...writes];
  });
}
