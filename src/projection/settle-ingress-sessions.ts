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
import { earliestStart, supersede } from './session-interval.js';
import type { BatchEvents } from './batch-events.js';
import { readSiblings, type Siblings } from './read-rows.js';
import { grouped, revised, PendingRows } from './pending-rows.js';

const ofSameIngress: Siblings<IngressFacts> = {
  table: ingressTable,
  by: 'ingressId',
  since: (facts) => earliestStart([facts.reportedStartAt], facts),
  until: `coalesce(r.superseded_at, 'infinity'::timestamptz)`,
};

/** Merges the events, and settles their ingress sessions and siblings. */
export async function settleIngressSessions(run: Run, events: BatchEvents): Promise<PendingRows<IngressRow>> {
  const sessions = new PendingRows<IngressRow>(ingressTable);
  await events.mergeInto<IngressFacts, IngressRow>(sessions, {
    evidence: ingressEvidence,
    merge: mergeIngress,
    read: (facts) => readSiblings(run, ofSameIngress, facts),
    row: (facts, stored) => {
      const merged = stored ? mergeIngress(stored, facts) : { supersededAt: null, ...facts };
      return revised(merged as IngressRow, startIngress(merged));
    },
  });
  const all = Array.from(sessions.all(), ({ now }) => now);
  for (const siblings of grouped(all, ingressOf).values()) {
    for (const session of supersede(siblings, ({ resourceId }) => resourceId)) sessions.set(settleIngress(session));
  }
  return sessions;
}

function ingressOf({ ingressId, project }: IngressFacts): string {
  return `${ingressId}\u0000${project}`;
}
