import type { EgressInfo, IngressInfo, ParticipantInfo, Room, TrackInfo, WebhookEvent } from 'livekit-server-sdk';
import type { Prisma } from './generated/client.js';

type Tx = Prisma.TransactionClient;

/** The event itself, and the row of everything that it names. */
export async function record(tx: Tx, event: WebhookEvent, payload: Prisma.InputJsonObject): Promise<void> {
  const at = new Date(Number(event.createdAt) * 1000);
  const logged = { event: event.event, createdAt: at, payload };
  await tx.event.upsert({ where: { id: event.id }, create: { id: event.id, ...logged }, update: {} });
  const { room, participant, track, egressInfo, ingressInfo } = event;
  if (room?.sid) await recordRoom(tx, room, event.event === 'room_finished' ? at : undefined);
  if (room && participant) await recordParticipant(tx, room, participant, { event: event.event, at });
  if (room && participant && track)
    await recordTrack(tx, [room.sid, participant.sid], track, { event: event.event, at });
  if (egressInfo) await recordEgress(tx, egressInfo, payload);
  if (ingressInfo) await recordIngress(tx, ingressInfo, payload);
}

async function recordRoom(tx: Tx, room: Room, endedAt: Date | undefined): Promise<void> {
  const { sid, name } = room;
  const startedAt = room.creationTime ? new Date(Number(room.creationTime) * 1000) : undefined;
  const said = { metadata: room.metadata || undefined, startedAt, endedAt, maxParticipants: room.maxParticipants };
  await tx.room.upsert({ where: { sid }, create: { sid, name, ...said }, update: said });
}

interface Happening {
  event: string;
  at: Date;
}

async function recordParticipant(tx: Tx, room: Room, info: ParticipantInfo, { event, at }: Happening): Promise<void> {
  const { sid, identity } = info;
  const left = event === 'participant_left' || event === 'participant_connection_aborted';
  const said = {
    name: info.name || undefined,
    metadata: info.metadata || undefined,
    state: left ? 'LEFT' : 'ACTIVE',
    joinedAt: info.joinedAt ? new Date(Number(info.joinedAt) * 1000) : undefined,
    leftAt: left ? at : undefined,
    reason: left ? String(info.disconnectReason) : undefined,
  };
  await tx.participant.upsert({ where: { sid }, create: { sid, roomSid: room.sid, identity, ...said }, update: said });
}

async function recordTrack(tx: Tx, owner: [string, string], track: TrackInfo, { event, at }: Happening): Promise<void> {
  const { sid } = track;
  const [roomSid, participantSid] = owner;
  const said = {
    name: track.name,
    type: String(track.type),
    source: String(track.source),
    ...(event === 'track_published' ? { publishedAt: at } : { unpublishedAt: at }),
  };
  await tx.track.upsert({ where: { sid }, create: { sid, roomSid, participantSid, ...said }, update: said });
}

async function recordEgress(tx: Tx, egress: EgressInfo, payload: Prisma.InputJsonObject): Promise<void> {
  const id = egress.egressId;
  const said = { status: String(egress.status), ...nanoTimes(egress), info: payload['egressInfo'] ?? {} };
  await tx.egress.upsert({ where: { id }, create: { id, roomSid: egress.roomId, ...said }, update: said });
}

async function recordIngress(tx: Tx, ingress: IngressInfo, payload: Prisma.InputJsonObject): Promise<void> {
  const id = ingress.ingressId;
  const times = ingress.state ? nanoTimes(ingress.state) : {};
  const said = { status: String(ingress.state?.status), ...times, info: payload['ingressInfo'] ?? {} };
  await tx.ingress.upsert({ where: { id }, create: { id, roomName: ingress.roomName, ...said }, update: said });
}

function nanoTimes({ startedAt, endedAt }: { startedAt: bigint; endedAt: bigint }): {
  startedAt?: Date;
  endedAt?: Date;
} {
  const dateOf = (nanos: bigint): Date | undefined => (nanos ? new Date(Number(nanos / 1_000_000n)) : undefined);
  return { startedAt: dateOf(startedAt), endedAt: dateOf(endedAt) };
}
