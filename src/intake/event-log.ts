import { Outdated } from '../database/failure.js';
import { type ParameterColumn, UnnestedRows } from '../database/unnested-rows.js';
import type { LedgerEvent } from '../livekit/event.js';
import { planned } from '../database/distributed-log.js';
import type { Run, Statement } from '../database/transaction.js';
import { lockValues, takeLocksIf } from '../projection/lock.js';

export interface Entry {
  event: LedgerEvent;
  again: LedgerEvent[];
}

/** One entry for each event: the first delivery in the batch provides body and arrival time. */
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

const columns: readonly ParameterColumn<Entry>[] = [
  ['project', 'text', ({ event }) => event.project],
  ['id', 'text', ({ event }) => event.id],
  ['created_seconds', 'bigint', ({ event }) => event.createdSeconds],
  ['event', 'text', ({ event }) => event.name],
  ['created_at', 'timestamptz', ({ event }) => event.at],
  ['received_at', 'timestamptz', ({ event }) => event.receivedAt],
  ['deliveries', 'int', deliveriesOf],
  ['projected', 'bool', ({ event }) => event.problem === null],
  ['problem', 'text', ({ event }) => event.problem],
  ['room_sid', 'text', ({ event }) => event.ids.roomSid],
  ['room_name', 'text', ({ event }) => event.ids.roomName],
  ['participant_sid', 'text', ({ event }) => event.ids.participantSid],
  ['participant_identity', 'text', ({ event }) => event.ids.participantIdentity],
  ['track_sid', 'text', ({ event }) => event.ids.trackSid],
  ['egress_id', 'text', ({ event }) => event.ids.egressId],
  ['ingress_id', 'text', ({ event }) => event.ids.ingressId],
  ['resource_id', 'text', ({ event }) => event.ids.resourceId],
  ['job_id', 'text', ({ event }) => event.ids.jobId],
  ['payload', 'text', ({ event }) => JSON.stringify(event.message)],
];

const logRows = new UnnestedRows(columns, 4);
const names = columns.map(([name]) => name).join(', ');
const selected = columns.map(([name]) => `e.${name}${name === 'payload' ? '::json' : ''}`).join(', ');

/** Nothing is written once an erasure came: not even for a moment. */
const asOfVersion = `(select version = coalesce($${4 + columns.length}::int, version) from erasure_version)`;

/** Locks, then log rows, each in key order: writers cannot deadlock. */
const takeLocksAndLog = `with locked as (${takeLocksIf(asOfVersion)} returning 1)
  insert into webhook_event (${names}, epoch)
  select ${selected}, (select epoch from log_epoch) from ${logRows.sql} e
  where (select count(*) from locked) >= 0 and ${asOfVersion}
  order by e.id, e.project, e.created_seconds
  on conflict (id, project, created_seconds) do update set deliveries = webhook_event.deliveries + excluded.deliveries
  returning id, project, created_seconds::text as created, deliveries`;

export function logEntries(
  run: Run,
  entries: readonly Entry[],
  { version = null, distributed }: { version?: number | null; distributed: boolean },
): Promise<Logged[]> {
  const statement = logStatement(entries, version);
  return distributed ? planned<Logged>(run, statement) : run<Logged>(statement);
}

/** @param version of the erasures that the entries were rewritten by; null where there is nothing to erase */
export function logStatement(entries: readonly Entry[], version: number | null = null): Statement {
  const locks = lockValues(entries.map(({ event }) => event));
  return { name: 'locks and log', text: takeLocksAndLog, values: [...locks, ...logRows.values(entries), version] };
}

/** @throws Outdated if an erasure came before the log statement, which then wrote nothing */
export function freshOf(entries: readonly Entry[], logged: readonly Logged[]): Entry[] {
  if (logged.length < entries.length) throw new Outdated('an erasure came before the event could be logged');
  const total = new Map(logged.map((row) => [identityOf({ ...row, createdSeconds: row.created }), row.deliveries]));
  return entries.filter((entry) => total.get(identityOf(entry.event)) === deliveriesOf(entry));
}
