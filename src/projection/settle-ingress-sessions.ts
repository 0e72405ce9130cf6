import type { Run } from '../database/transaction.js';
import {
  ingressEvidence,
  ingressTable,
  mergeIngress,
  settleIngress,
  startIngress,
  type IngressFacts,
  type IngressRow,
} from './ingress-session.js';
import { leastStart, supersede } from './interval.js';
import type { BatchEvents } from './batch-events.js';
import { readFamilies, type Family } from './read-rows.js';
import { grouped, revised, PendingRows } from './pending-rows.js';

const family: Family<IngressFacts> = {
  table: ingressTable,
  by: 'ingressId',
  since: ({ reportedStartAt, firstSeenAt }) => leastStart([reportedStartAt], firstSeenAt),
  until: `coalesce(r.superseded_at, 'infinity'::timestamptz)`,
};

/** Merges the events into their ingress sessions, and settles those of the same ingresses. */
export async function settleIngressSessions(run: Run, events: BatchEvents): Promise<PendingRows<IngressRow>> {
  const sessions = new PendingRows<IngressRow>(ingressTable);
  await events.mergeInto<IngressFacts, IngressRow>(sessions, {
    evidence: ingressEvidence,
    merge: mergeIngress,
    read: (wanted) => readFamilies(run, family, wanted),
    row: (facts, stored) => {
      const merged = stored ? mergeIngress(stored, facts) : { supersededAt: null, ...facts };
      return revised(merged as IngressRow, startIngress(merged));
    },
  });
  const all = Array.from(sessions.all(), ({ now }) => now);
  for (const members of grouped(all, familyOf).values()) {
    for (const member of supersede(members, (session) => session.resourceId)) sessions.set(settleIngress(member));
  }
  return sessions;
}

function familyOf({ ingressId, project }: IngressFacts): string {
  return `${ingressId}\u0000${project}`;
}
