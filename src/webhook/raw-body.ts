import { hash } from 'node:crypto';
import { Refusal } from '../http/refusal.js';

export function rawBytes(body: unknown): Buffer {
  if (Buffer.isBuffer(body)) return body;
  throw new Refusal(415, 'CONTENT_TYPE_UNSUPPORTED', 'The body is not application/webhook+json.');
}

/** @throws Refusal 401 unless `sha256`, in base64, is the hash of the bytes */
export function requireHash(sha256: unknown, raw: Buffer): void {
  // Not in constant time: the sender knows the hash of its own body.
  if (sha256 !== hash('sha256', raw, 'base64')) {
    throw new Refusal(401, 'BODY_HASH_MISMATCH', 'The token was not made for this body: its sha256 is another.');
  }
}
