import type { Expected, ExpectedRow } from './histories.js';
import type { RecordedLivekit } from './recorded-livekit.js';
import { trackTruth } from './truth.js';

let sent = 0;

/** The webhooks that would have told what was only found, made up from the truth. */
export function lateTruths(rows: Expected, livekit: RecordedLivekit): object[] {
  const truths: object[] = [];
  const tell = (event: string, at: number, what: object): void => {
    truths.push({ event, id: `EV_late_${livekit.name}_${sent++}`, createdAt: String(Math.floor(at / 1000)), ...what });
  };
  for (const row of rows.participants) {
    const person = livekit.people.find(({ sid }) => sid === row.id);
    if (!person) continue;
    const at = Date.parse(row['joinedAt'] as string);
    const { sid, identity, room, roomSid } = person;
    const participant = { sid, identity, joinedAt: String(Math.floor(at / 1000)), joinedAtMs: String(at) };
    const what = { room: { sid: roomSid, name: room }, participant };
    if (startFound(row)) tell('participant_joined', person.connectedAt ?? at, what);
    if (endFound(row)) tell('participant_left', person.endedAt!, what);
  }
  for (const row of rows.rooms) {
    const at = Date.parse(row['startedAt'] as string);
    const what = { room: { sid: row.id, name: row['name'], creationTimeMs: String(at) } };
    if (startFound(row)) tell('room_started', at, what);
    if (endFound(row)) tell('room_finished', livekit.endOf(row.id), what);
  }
  for (const row of rows.tracks) {
    const { end } = trackTruth(livekit, row);
    const at = Date.parse(row['publishedAt'] as string);
    // The API says milliseconds, and only the newest version ends a track.
    const track = { sid: row.id, version: { unixMicro: `${at}999` } };
    const participant = { sid: row['participantSid'], identity: 'somebody' };
    const what = { room: { sid: row['roomSid'], name: row['roomName'] }, participant, track };
    if (startFound(row)) tell('track_published', at, what);
    if (endFound(row)) tell('track_unpublished', end!, what);
  }
  for (const row of rows.egresses) {
    const last = livekit.facts.egress!.findLast(({ egressId }) => egressId === row.id)!;
    if (startFound(row) || endFound(row)) tell('egress_ended', last.at, { egressInfo: { ...last, at: undefined } });
  }
  for (const row of rows.ingressSessions) {
    const last = livekit.facts.ingress!.findLast(({ resourceId }) => resourceId === row.id)!;
    const state = {
      ...last,
      status: 'ENDPOINT_INACTIVE',
      endedAt: last.endedAt ?? `${Date.parse(row['endedAt'] as string)}000000`,
    };
    const what = { ingressInfo: { ingressId: last.ingressId, state } };
    if (startFound(row) || endFound(row)) tell('ingress_ended', last.at, what);
  }
  return truths;
}

function startFound(row: ExpectedRow): boolean {
  return row['startSource'] === 'RECONCILED';
}

function endFound(row: ExpectedRow): boolean {
  return row['endSource'] === 'RECONCILED';
}
