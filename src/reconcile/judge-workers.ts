import type { SessionKind } from '../projection/finding.js';
import { Judgement, type JudgeParts } from './judgement.js';
import { openSessions, type KnownSession } from './open-rows.js';
import { foundEgress, foundIngress, type ListedFinding } from './listed.js';

/** LiveKit's lists may be ahead of its webhooks. */
const SETTLED_MS = 10_000;

/** Compares LiveKit's egress with the open ones. @throws what kept LiveKit from being asked */
export async function judgeEgress(parts: JudgeParts): Promise<Judgement> {
  const listed = await parts.api.listEgress();
  return judgeListed(
    parts,
    'EGRESS',
    new Map(listed.map((egress) => [egress.egressId, foundEgress(parts.project, egress, parts.began)])),
  );
}

/** Compares LiveKit's ingress with the open sessions. @throws what kept LiveKit from being asked */
export async function judgeIngress(parts: JudgeParts): Promise<Judgement> {
  const listed = await parts.api.listIngress();
  const used = listed.filter(({ state }) => (state?.resourceId ?? '') !== '');
  return judgeListed(
    parts,
    'INGRESS_SESSION',
    new Map(used.map((ingress) => [ingress.state!.resourceId, foundIngress(parts.project, ingress, parts.began)])),
  );
}

async function judgeListed(
  parts: JudgeParts,
  kind: SessionKind,
  listed: ReadonlyMap<string, ListedFinding>,
): Promise<Judgement> {
  const judgement = new Judgement(parts);
  for (const judged of await openSessions(parts.pool, parts.project, kind)) {
    if (!listed.has((judged.session.egressId ?? judged.session.resourceId)!)) judgement.miss(judged);
  }
  const known = await judgement.known(kind, [...listed.keys()]);
  for (const [id, finding] of listed) {
    const before = known.get(id);
    if (before === undefined) {
      if (finding.lastSeenAt <= parts.began - SETTLED_MS) judgement.findings.push(finding);
    } else if (finding.conclusion.ended !== null && lacksEnd(before)) {
      judgement.findings.push({ ...finding, firstSeenAt: before.firstSeenAt, lastSeenAt: before.lastSeenAt });
    }
  }
  return judgement;
}

function lacksEnd({ endSource, endIsExact }: KnownSession): boolean {
  return endSource !== 'REPORTED' && !endIsExact;
}
