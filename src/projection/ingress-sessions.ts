import type { Run } from '../database/transaction.js';
import type { LedgerEvent } from '../livekit/event.js';
import {
  ingressEvidence,
  ingressTable,
  mergeIngress,
  settleIngress,
  startIngress,
  type IngressFacts,
  type IngressRow,
} from './ingress-session.js';
import { supersede } from './interval.js';
import { readFamilies } from './read.js';
import { gather, grouped, Shelf } from './shelf.js';

/** Merges the events into their ingress sessions, and settles those of the same ingresses. */
export async function settleIngressSessions(run: Run, events: readonly LedgerEvent[]): Promise<Shelf<IngressRow>> {
  const sessions = new Shelf<IngressRow>(ingressTable);
  const told = gather<IngressFacts>(sessions, events.map(ingressEvidence), mergeIngress);
  const touched = told.map((facts) => ({ row: facts, since: earliest(facts) }));
  const until = `coalesce(r.superseded_at, 'infinity'::timestamptz)`;
  sessions.load(await readFamilies<IngressRow>(run, { table: ingressTable, by: 'ingressId', until }, touched));
  for (const facts of told) {
    const row = sessions.get(sessions.keyOf(facts));
    const merged = row ? (mergeIngress(row, facts) as IngressRow) : { supersededAt: null, ...facts };
    sessions.set({ ...(merged as IngressRow), ...startIngress(merged) });
  }
  for (const members of grouped(sessions.rows(), familyOf).values()) {
    for (const member of supersede(members, (session) => session.resourceId)) sessions.set(settleIngress(member));
  }
  return sessions;
}

function earliest({ reportedStartAt, firstSeenAt }: IngressFacts): number {
  return Math.min(reportedStartAt ?? firstSeenAt, firstSeenAt);
}

function familyOf({ ingressId, project }: IngressFacts): string {
  return `${ingressId}\u0000${project}`;
}
