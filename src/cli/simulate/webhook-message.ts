import { freshId } from './chance.js';

/** What a LiveKit server would post. Messages with one key are sent one at a time, as LiveKit does. */
export interface Message {
  readonly key: string;
  readonly body: Body;
}

export type Body = Readonly<Record<string, unknown>> & { readonly event: string };

/** Times as LiveKit writes them, given in ms. */
export const seconds = (ms: number): string => String(Math.floor(ms / 1000));
export const micros = (ms: number): string => `${ms}000`;
export const nanos = (ms: number): string => `${ms}000000`;

export function dated(body: Body, now: number): Body {
  return { ...body, id: freshId('EV_'), createdAt: seconds(now) };
}
