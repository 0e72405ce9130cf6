import { arrayOf, rowsOf } from '../database/array.js';
import type { LedgerEvent } from '../livekit/event.js';
import type { Statement } from '../database/transaction.js';
import { lockValues, takeLocks } from '../projection/lock.js';

/** One event of the log's key, and the further deliveries of it that a batch brought. */
export interface Entry {
  event: LedgerEvent;
  again: LedgerEvent[];
}

/** Deliveries of one event are one entry, with the first's body and arrival. */
export function entriesOf(events: readonly LedgerEvent[]): Entry[] {
  const entries = new Map<string, Entry>();
  for (const event of events) {
    const key = identityOf(event);
    const known = entries.get(key);
    if (known) known.again.push(event);
    else entries.set(key, { event, again: [] });
  }
  return [...entries.values()];
}

function deliveriesOf({ again }: Entry): number {
  return 1 + again.length;
}

function identityOf({
  id,
  project,
  createdSeconds,
}: {
  id: string;
  project: string;
  createdSeconds: bigint | string;
}): string {
  return [id, project, createdSeconds].join('\u0000');
}

export interface Logged {
  id: string;
  project: string;
  created: string;
  deliveries: number;
}

const columns = [
  ['project', 'text'],
  ['id', 'text'],
  ['created_seconds', 'bigint'],
  ['event', 'text'],
  ['created_at', 'timestamptz'],
  ['received_at', 'timestamptz'],
  ['deliveries', 'int'],
  ['projected', 'bool'],
  ['problem', 'text'],
  ['room_sid', 'text'],
  ['room_name', 'text'],
  ['participant_sid', 'text'],
  ['participant_identity', 'text'],
  ['track_sid', 'text'],
  ['egress_id', 'text'],
  ['ingress_id', 'text'],
  ['resource_id', 'text'],
  ['job_id', 'text'],
  ['payload', 'text'],
] as const;

const names = columns.map(([name]) => name).join(', ');
const selected = columns.map(([name]) => `e.${name}${name === 'payload' ? '::json' : ''}`).join(', ');

/** Locks first, in key order; then the log, in key order: no two writers can wait for each other. */
const takeLocksAndLog = `with locked as (${takeLocks} returning 1)
  insert into webhook_event (${names}, epoch)
  select ${selected}, (select epoch from log_epoch) from ${rowsOf(columns, 4)} e
  where (select count(*) from locked) >= 0
  order by e.id, e.project, e.created_seconds
  on conflict (id, project, created_seconds) do update set deliveries = webhook_event.deliveries + excluded.deliveries
  returning id, project, created_seconds::text as created, deliveries`;

/** Takes the batch's locks and writes its log rows; answers each row's number of deliveries. */
export function logStatement(entries: readonly Entry[]): Statement {
  const rows = entries.map(rowOf);
  return {
    name: 'locks and log',
    text: takeLocksAndLog,
    values: [
      ...lockValues(entries.map(({ event }) => event)),
      ...columns.map(([, type], at) =>
        arrayOf(
          type,
          rows.map((row) => row[at]),
        ),
      ),
    ],
  };
}

function rowOf(entry: Entry): unknown[] {
  const { event } = entry;
  const { ids } = event;
  return [
    event.project,
    event.id,
    event.createdSeconds,
    event.name,
    event.at,
    event.receivedAt,
    deliveriesOf(entry),
    event.problem === null,
    event.problem,
    ids.roomSid,
    ids.roomName,
    ids.participantSid,
    ids.participantIdentity,
    ids.trackSid,
    ids.egressId,
    ids.ingressId,
    ids.resourceId,
    ids.jobId,
    JSON.stringify(event.message),
  ];
}

/** The entries that this transaction was the first to log. */
export function freshOf(entries: readonly Entry[], logged: readonly Logged[]): Entry[] {
  const total = new Map(logged.map((row) => [identityOf({ ...row, createdSeconds: row.created }), row.deliveries]));
  return entries.filter((entry) => total.get(identityOf(entry.event)) === deliveriesOf(entry));
}
