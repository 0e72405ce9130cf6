import type { EgressInfo, IngressInfo } from '@livekit/protocol';
import type { Finding, SessionKind } from '../projection/finding.js';
import { knownSessions, openSessions } from './ledger.js';
import { foundEgress, foundIngress, isOverEgress, isOverIngress } from './listed.js';
import type { JudgeParts } from './judge-rooms.js';

/** LiveKit's lists may be ahead of its webhooks. */
const SETTLED_MS = 10_000;

interface ListedSession {
  readonly id: string;
  readonly over: boolean;
  readonly finding: Finding;
}

/** Compares LiveKit's egress with the open ones. @throws what kept LiveKit from being asked */
export async function judgeEgress(parts: JudgeParts): Promise<Finding[]> {
  const listed = await parts.api.listEgress();
  return judgeListed(
    parts,
    'EGRESS',
    listed.map((egress) => listedEgress(parts, egress)),
  );
}

/** Compares LiveKit's ingress with the open sessions. @throws what kept LiveKit from being asked */
export async function judgeIngress(parts: JudgeParts): Promise<Finding[]> {
  const listed = await parts.api.listIngress();
  const used = listed.filter(({ state }) => (state?.resourceId ?? '') !== '');
  return judgeListed(
    parts,
    'INGRESS_SESSION',
    used.map((ingress) => listedIngress(parts, ingress)),
  );
}

function listedEgress({ project, began }: JudgeParts, egress: EgressInfo): ListedSession {
  return { id: egress.egressId, over: isOverEgress(egress), finding: foundEgress(project, egress, began) };
}

function listedIngress({ project, began }: JudgeParts, ingress: IngressInfo): ListedSession {
  const finding = foundIngress(project, ingress, began);
  return { id: ingress.state!.resourceId, over: isOverIngress(ingress), finding };
}

async function judgeListed(parts: JudgeParts, kind: SessionKind, listed: readonly ListedSession[]): Promise<Finding[]> {
  const { pool, project, misses, began } = parts;
  const open = await openSessions(pool, project, kind);
  const ids = new Map(listed.map((one) => [one.id, one]));
  const known = await knownSessions(pool, { project, kind, ids: [...ids.keys()] });
  const findings: Finding[] = [];
  for (const judged of open) {
    const one = ids.get((judged.session.egressId ?? judged.session.resourceId)!);
    if (one?.over) findings.push({ ...one.finding, firstSeenAt: judged.firstSeenAt, lastSeenAt: judged.lastSeenAt });
    if (one !== undefined) continue;
    const finding = misses.miss(judged);
    if (finding) findings.push(finding);
  }
  for (const { id, finding } of listed) {
    if (!known.has(id) && finding.lastSeenAt <= began - SETTLED_MS) findings.push(finding);
  }
  return findings;
}
