import { createHash } from 'node:crypto';
import { isDeepStrictEqual } from 'node:util';
import type { Run } from '../database/transaction.js';
import type { Entry } from './log.js';

/** A longer text that differs is another body without a closer look. */
const COMPARED_BYTES = 64 * 1024;

const otherBodies = `select e.id, e.project, e.created_seconds::text as created,
    case when octet_length(e.payload::text) <= ${COMPARED_BYTES} then e.payload::text end as payload
  from unnest($1::text[], $2::text[], $3::bigint[], $4::text[]) u(id, project, created, hash)
  join webhook_event e on e.id = u.id and e.project = u.project and e.created_seconds = u.created
  where encode(sha256(convert_to(e.payload::text, 'UTF8')), 'hex') <> u.hash`;

interface Other {
  id: string;
  project: string;
  created: string;
  payload: string | null;
}

/** How many deliveries of events that the log knew already had another body than the log has, as JSON. */
export async function countDiffering(run: Run, known: readonly Entry[]): Promise<number> {
  if (known.length === 0) return 0;
  const events = known.map(({ event }) => event);
  const others = await run<Other>({
    name: 'other bodies',
    text: otherBodies,
    values: [
      events.map(({ id }) => id),
      events.map(({ project }) => project),
      events.map(({ createdSeconds }) => String(createdSeconds)),
      events.map(({ message }) => createHash('sha256').update(JSON.stringify(message)).digest('hex')),
    ],
  });
  const of = ({ id, project, created }: Other) =>
    known.find(({ event: e }) => e.id === id && e.project === project && String(e.createdSeconds) === created);
  return others.reduce((sum, other) => sum + differingOf(of(other), other.payload), 0);
}

/** The entry's first delivery stands for those that had the same body. */
function differingOf(entry: Entry | undefined, stored: string | null): number {
  if (entry === undefined) return 0;
  const same = stored !== null && isDeepStrictEqual(JSON.parse(stored), plain(entry.event.message));
  return same ? 0 : entry.deliveries - entry.differing;
}

function plain(message: object): unknown {
  return JSON.parse(JSON.stringify(message));
}
