import { nanos } from './webhook-message.js';

interface RoomRef {
  readonly sid: string;
  readonly name: string;
}

/** LiveKit omits STARTING, the enum's zero. */
export function egressInfo(egressId: string, room: RoomRef, now: number): Record<string, unknown> {
  const s3 = { accessKey: '{access_key}', secret: '{secret}', region: 'eu-central-1', bucket: 'recordings' };
  const fileOutputs = [{ filepath: `${room.name}.mp4`, s3 }];
  const roomComposite = { roomName: room.name, layout: 'grid', preset: 'H264_1080P_30', fileOutputs };
  const times = { startedAt: nanos(now), updatedAt: nanos(now) };
  return { egressId, roomId: room.sid, roomName: room.name, ...times, roomComposite };
}

export function egressEnded(info: Record<string, unknown>, startedMs: number, now: number): Record<string, unknown> {
  const location = `https://recordings.s3.eu-central-1.amazonaws.com/${String(info['egressId'])}.mp4`;
  const times = { startedAt: nanos(startedMs), endedAt: nanos(now), duration: nanos(now - startedMs) };
  const file = { filename: location.split('/').at(-1), ...times, size: String((now - startedMs) * 300), location };
  const ended = { status: 'EGRESS_COMPLETE', endedAt: nanos(now), updatedAt: nanos(now) };
  return { ...info, ...ended, fileResults: [file], details: 'End reason: StopEgress API' };
}

export function ingressInfo(
  ids: { ingressId: string; resourceId: string },
  room: RoomRef,
  now: number,
): Record<string, unknown> {
  const { ingressId, resourceId } = ids;
  const video = { mimeType: 'video/H264', averageBitrate: 2_500_000, width: 1280, height: 720, framerate: 30 };
  const times = { startedAt: nanos(now), updatedAt: nanos(now) };
  const state = { status: 'ENDPOINT_PUBLISHING', video, roomId: room.sid, ...times, resourceId };
  const endpoint = { name: 'obs', streamKey: 'simulated', url: 'rtmp://127.0.0.1:1935/x', reusable: true };
  return { ingressId, ...endpoint, enableTranscoding: true, roomName: room.name, participantIdentity: 'obs', state };
}

export function ingressEnded(info: Record<string, unknown>, now: number): Record<string, unknown> {
  const { status: _, ...state } = info['state'] as Record<string, unknown>;
  return { ...info, state: { ...state, endedAt: nanos(now), updatedAt: nanos(now) } };
}

export function job(id: string, room: RoomRef, now: number): Record<string, unknown> {
  const times = { startedAt: nanos(now), updatedAt: nanos(now) };
  const state = { status: 'JS_RUNNING', ...times, participantIdentity: `agent-${id}` };
  return { id, agentName: 'assistant', room, state };
}

export function jobEnded(info: Record<string, unknown>, now: number): Record<string, unknown> {
  const ended = { status: 'JS_SUCCESS', endedAt: nanos(now), updatedAt: nanos(now) };
  return { ...info, state: { ...(info['state'] as object), ...ended } };
}
