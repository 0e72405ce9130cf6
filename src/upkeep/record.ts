import { hash } from 'node:crypto';
import type { Writer } from '../erased/writer.js';
import { commit } from '../intake/commit.js';
import { findingEvent, type Conclusion, type Finding } from '../projection/finding.js';

const BATCH = 500;

/** Writes findings to the log and projects them, like webhooks. @param at in ms @returns how many were new */
export async function record(writer: Writer, findings: readonly Finding[], at: number): Promise<number> {
  let fresh = 0;
  for (let from = 0; from < findings.length; from += BATCH) {
    const events = findings.slice(from, from + BATCH).map((finding) => findingEvent(finding, idOf(finding), at));
    const { committed, failures } = await commit(writer, events);
    const failure = failures.find((one) => one !== null);
    if (failure) throw failure.error;
    fresh += committed.fresh;
  }
  return fresh;
}

/**
 * Made from what is judged and from the judgement, so that two judges write one event. When an answer came, and how
 * LiveKit wrote it, may differ between them.
 */
function idOf({ session, lastSeenAt, conclusion }: Finding): string {
  const { kind, project, ...ids } = session;
  const { listed: _, missedAt: __, ...judgement } = conclusion as Conclusion & { listed?: unknown; missedAt?: number };
  return hash('sha256', JSON.stringify([kind, project, ids, lastSeenAt, judgement]), 'base64url');
}
