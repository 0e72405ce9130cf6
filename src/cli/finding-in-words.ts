import type { Round } from '../reconcile/reconciler.js';

export function inWords({ session, lastSeenAt, conclusion }: Round['findings'][number]): string {
  const { kind, roomName, participantIdentity, egressId, resourceId, trackSid, participantSid, roomSid } = session;
  const id = egressId ?? resourceId ?? trackSid ?? participantSid ?? roomSid;
  const who = `${kind} ${id} (${[participantIdentity, roomName].filter(Boolean).join(' in ')})`;
  if (conclusion.name === 'restored') return `${who} is open again: its node answered at ${time(conclusion.seenAt)}`;
  if (conclusion.name !== 'reconciled') return `${who}: ${conclusion.name}`;
  if ('polls' in conclusion) {
    const polls = conclusion.polls.map(time).join(' and ');
    return `${who} ends at ${time(lastSeenAt)}, when it was last seen: LiveKit did not have it at ${polls}`;
  }
  if (conclusion.ended !== null) return `${who} ends at ${time(conclusion.ended)}: LiveKit lists that end`;
  return `${who} begins at ${time(conclusion.start!)}: LiveKit has it, and no webhook told of it`;
}

function time(at: number): string {
  return new Date(at).toISOString();
}
