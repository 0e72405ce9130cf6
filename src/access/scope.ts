import type { JWTPayload } from 'jose';
import { Refusal } from '../http/refusal.js';

/** What a token may read: a project, or one room name of it. */
export interface Scope {
  readonly project: string;
  readonly roomName: string | null;
}

export interface TokenScope extends Scope {
  /** In ms since 1970. */
  readonly expiresAt: number;
}

type Grant = Readonly<Record<string, unknown>>;

/**
 * Reads LiveKit's own tokens, and read tokens, which can do nothing at LiveKit.
 * @throws Refusal 403 if neither grant permits reading
 */
export function scopeOf(project: string, claims: JWTPayload): Scope {
  const [video, ours] = [claims['video'] ?? {}, claims['roomledger'] ?? {}] as [Grant, Grant];
  const read = ours['read'] === true;
  if (video['roomList'] === true || (read && ours['room'] === undefined)) return { project, roomName: null };
  const rooms = [video['roomAdmin'] === true && video['room'], read && ours['room']];
  const roomName = rooms.find((room) => typeof room === 'string' && room !== '');
  if (roomName !== undefined) return { project, roomName: roomName as string };
  const wanted = [
    'roomledger.read, with roomledger.room for one room',
    "or of LiveKit's grants video.roomList, or video.roomAdmin with video.room for one room",
  ];
  throw new Refusal(403, 'FORBIDDEN', `The token grants no reading: it needs ${wanted.join(', ')}.`);
}
