import { hash } from 'node:crypto';
import { isDeepStrictEqual } from 'node:util';
import { planned } from '../database/distributed-log.js';
import { UnnestedRows } from '../database/unnested-rows.js';
import type { Run } from '../database/transaction.js';
import type { LedgerEvent } from '../livekit/event.js';
import type { Entry } from './event-log.js';

/** A longer payload with another hash counts as differing without a comparison. */
const COMPARED_BYTES = 64 * 1024;

const deliveries = new UnnestedRows<LedgerEvent>([
  ['place', 'int', (_, place) => place],
  ['id', 'text', ({ id }) => id],
  ['project', 'text', ({ project }) => project],
  ['created', 'bigint', ({ createdSeconds }) => createdSeconds],
  ['hash', 'text', (event) => hash('sha256', textOf(event))],
]);

const otherBodies = `select u.place,
    case when octet_length(e.payload::text) <= ${COMPARED_BYTES} then e.payload::text end as payload
  from ${deliveries.sql} u
  join webhook_event e on e.id = u.id and e.project = u.project and e.created_seconds = u.created
  where encode(sha256(convert_to(e.payload::text, 'UTF8')), 'hex') <> u.hash`;

interface OtherBody {
  readonly place: number;
  readonly payload: string | null;
}

/** Counts deliveries whose body differs, as JSON, from the logged one. */
export async function countDifferingBodies(
  run: Run,
  entries: readonly Entry[],
  { fresh, distributed }: { fresh: readonly Entry[]; distributed: boolean },
): Promise<number> {
  const isFresh = new Set(fresh);
  const known = entries.filter((entry) => !isFresh.has(entry));
  return differingAmong(fresh) + (known.length > 0 ? await differingFromLog(run, known, distributed) : 0);
}

async function differingFromLog(run: Run, known: readonly Entry[], distributed: boolean): Promise<number> {
  const events = known.flatMap(({ event, again }) => [event, ...again]);
  const statement = { name: 'other bodies', text: otherBodies, values: deliveries.values(events) };
  const others = await (distributed ? planned<OtherBody>(run, statement) : run<OtherBody>(statement));
  return others.filter(({ place, payload }) => payload === null || !isSame(JSON.parse(payload), events[place])).length;
}

function differingAmong(fresh: readonly Entry[]): number {
  const different = fresh.flatMap(({ event, again }) =>
    again.filter((more) => !isSame(JSON.parse(textOf(event)), more)),
  );
  return different.length;
}

/** As JSON on both sides, which has no -0 for instance. */
function isSame(stored: unknown, event: LedgerEvent | undefined): boolean {
  return event !== undefined && isDeepStrictEqual(stored, JSON.parse(textOf(event)));
}

function textOf({ message }: LedgerEvent): string {
  return JSON.stringify(message);
}
