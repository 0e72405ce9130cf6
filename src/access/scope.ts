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

/** @throws Refusal 403 if the video grant permits no reading */
export function scopeOf(project: string, claims: JWTPayload): Scope {
  const video = (claims['video'] ?? {}) as Readonly<Record<string, unknown>>;
  if (video['roomList'] === true) return { project, roomName: null };
  const room = video['room'];
  if (video['roomAdmin'] === true && typeof room === 'string' && room !== '') return { project, roomName: room };
  const wanted = 'video.roomList, for the whole project, or video.roomAdmin with video.room, for one room';
  throw new Refusal(403, 'FORBIDDEN', `The token grants no reading: it needs ${wanted}.`);
}
