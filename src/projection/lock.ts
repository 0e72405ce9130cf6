import { UnnestedRows } from '../database/unnested-rows.js';
import type { LedgerEvent } from '../livekit/event.js';
import { byteOrder } from './snapshot-clock.js';

/** What a batch locks before it merges (docs/design.md section 9). */
export interface Lock {
  key: string;
  kind: string;
  project: string;
}

/** Locks everything that the event's rows depend on; null if the event is not projected. */
export function lockOf(event: LedgerEvent): Lock | null {
  const { subject, ids, project, problem } = event;
  if (problem !== null || subject === null) return null;
  if (subject === 'finding') return lockOfFinding(event);
  if (subject === 'egress') return { key: ids.egressId ?? '', kind: 'egress', project };
  if (subject === 'ingress') return { key: ids.ingressId ?? '', kind: 'ingress', project };
  if (subject === 'job') return { key: ids.jobId ?? '', kind: 'job', project };
  return { key: ids.roomName ?? '', kind: 'room', project };
}

function lockOfFinding({ ids, project }: LedgerEvent): Lock {
  if (ids.egressId !== null) return { key: ids.egressId, kind: 'egress', project };
  if (ids.resourceId !== null) return { key: ids.ingressId ?? '', kind: 'ingress', project };
  if (ids.jobId !== null) return { key: ids.jobId, kind: 'job', project };
  return { key: ids.roomName ?? '', kind: 'room', project };
}

function sorted(some: readonly Lock[]): Lock[] {
  const locks = new Map(some.map((lock) => [[lock.key, lock.kind, lock.project].join('\u0000'), lock]));
  return [...locks.values()].sort(
    (a, b) => byteOrder(a.key, b.key) || byteOrder(a.kind, b.kind) || byteOrder(a.project, b.project),
  );
}

const lockRows = new UnnestedRows<Lock>([
  ['key', 'text', ({ key }) => key],
  ['kind', 'text', ({ kind }) => kind],
  ['project', 'text', ({ project }) => project],
]);

/** Sorted, so that batches cannot deadlock. `where false` locks an existing row without writing a new version of it. */
export function takeLocksIf(condition: string): string {
  return `insert into merge_lock (key, kind, project)
    select * from ${lockRows.sql} l where ${condition} order by key, kind, project
    on conflict (key, kind, project) do update set kind = excluded.kind where false`;
}

export const takeLocks = takeLocksIf('true');

export function lockValues(events: readonly LedgerEvent[]): unknown[] {
  return valuesOfLocks(events.map(lockOf).filter((lock) => lock !== null));
}

export function valuesOfLocks(locks: readonly Lock[]): unknown[] {
  return lockRows.values(sorted(locks));
}
