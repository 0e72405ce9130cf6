import { createHash, createHmac } from 'node:crypto';
import { play } from '../../src/cli/simulate/play.js';

export interface BenchKey {
  readonly key: string;
  readonly secret: string;
}

export const apiKey: BenchKey = { key: 'benchkey', secret: 'a-secret-of-thirty-two-characters' };

/** A webhook as a LiveKit server sends it, to the byte. Those of one key are sent one after the other. */
export interface Prepared {
  readonly key: string;
  readonly bytes: Buffer;
}

/** Where the last play ended: a name has one room at a time, as on a LiveKit server. */
let from = Date.now() - 3_600_000;

/** Signed ahead, for an hour: what it costs to sign is no part of a measurement. */
export function prepareRequests(count: number, rooms: number, signer = apiKey): Prepared[] {
  const to = Date.now();
  const messages = play({ seed: to, rooms, count, from, to });
  from = to;
  return Array.from(messages, ({ key, body }) => ({ key, bytes: requestOf(JSON.stringify(body), to, signer) }));
}

function requestOf(body: string, now: number, signer: BenchKey): Buffer {
  const head = [
    'POST /webhook HTTP/1.1',
    'Host: 127.0.0.1',
    'User-Agent: LiveKit',
    `Content-Length: ${Buffer.byteLength(body)}`,
    `Authorization: ${tokenOf(body, Math.floor(now / 1000), signer)}`,
    'Content-Type: application/webhook+json',
    'Accept-Encoding: gzip',
  ];
  return Buffer.from(`${head.join('\r\n')}\r\n\r\n${body}`);
}

function tokenOf(body: string, now: number, signer: BenchKey): string {
  const sha256 = createHash('sha256').update(body).digest('base64');
  return signed({ iss: signer.key, nbf: now, exp: now + 3600, sha256 }, signer);
}

export function signed(claims: object, { secret } = apiKey): string {
  const input = `${part({ alg: 'HS256', typ: 'JWT' })}.${part(claims)}`;
  return `${input}.${createHmac('sha256', secret).update(input).digest('base64url')}`;
}

function part(value: object): string {
  return Buffer.from(JSON.stringify(value)).toString('base64url');
}
