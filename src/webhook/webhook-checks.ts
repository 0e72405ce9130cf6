import { hash } from 'node:crypto';
import { Refusal } from '../http/refusal.js';

const types = new Set(['application/webhook+json', 'application/json']);

/** @throws Refusal 415 */
export function requireType(contentType: string | undefined): void {
  if (!types.has((contentType ?? '').split(';')[0]!.trim().toLowerCase())) throw otherType();
}

export function rawBytes(body: unknown): Buffer {
  if (Buffer.isBuffer(body)) return body;
  throw otherType();
}

/** @throws Refusal 401 unless the claim is the hash of a body; access tokens have none */
export function requireHashClaim(sha256: unknown): string {
  if (typeof sha256 === 'string' && /^[\w+/]{43}=$/.test(sha256)) return sha256;
  throw otherHash();
}

/** @throws Refusal 401 unless `sha256`, in base64, is the hash of the bytes */
export function requireHash(sha256: unknown, raw: Buffer): void {
  // Not in constant time: the sender knows the hash of its own body.
  if (sha256 !== hash('sha256', raw, 'base64')) {
    throw otherHash();
  }
}

function otherType(): Refusal {
  return new Refusal(415, 'CONTENT_TYPE_UNSUPPORTED', 'The body is not application/webhook+json.');
}

function otherHash(): Refusal {
  return new Refusal(401, 'BODY_HASH_MISMATCH', 'The token was not made for this body: its sha256 is another.');
}
