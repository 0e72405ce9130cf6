import { hash } from 'node:crypto';
import { Refusal } from '../http/refusal.js';

/** The bytes as they came: only the webhook's content types are kept raw. */
export function rawBytes(body: unknown): Buffer {
  if (Buffer.isBuffer(body)) return body;
  throw new Refusal(415, 'CONTENT_TYPE_UNSUPPORTED', 'The body is not application/webhook+json.');
}

/** Throws {@link Refusal} 401 unless `sha256`, in base64, is the hash of the bytes. */
export function requireHash(sha256: unknown, raw: Buffer): void {
  // No secret: whoever sends the bytes can tell their hash.
  if (sha256 !== hash('sha256', raw, 'base64')) {
    throw new Refusal(401, 'BODY_HASH_MISMATCH', 'The token was not made for this body: its sha256 is another.');
  }
}
