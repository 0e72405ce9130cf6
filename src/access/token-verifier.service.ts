import { Injectable } from '@nestjs/common';
import { compactVerify, type CryptoKey, decodeJwt, decodeProtectedHeader, type JWTPayload } from 'jose';
import { Clock } from '../settings/clock.js';
import { Refusal } from '../http/refusal.js';
import { Settings } from '../settings/settings.js';

/** How far clocks may differ. */
export const toleranceSeconds = 60;

export interface VerifiedToken {
  readonly key: string;
  readonly project: string;
  readonly claims: JWTPayload;
}

/** LiveKit sends webhook tokens without `Bearer`. */
export function tokenOf(authorization: string | undefined): string {
  return (authorization ?? '').replace(/^bearer(?: +|$)/i, '').trim();
}

@Injectable()
export class TokenVerifier {
  private readonly imported = new Map<string, Promise<CryptoKey>>();

  constructor(
    private readonly settings: Settings,
    private readonly clock: Clock,
  ) {}

  /** @throws Refusal 401 */
  async verify(token: string): Promise<VerifiedToken> {
    const verified = await this.authenticate(token);
    requireTime(verified.claims, this.clock.now());
    return verified;
  }

  /** Checks everything but the times. @throws Refusal 401 */
  async authenticate(token: string): Promise<VerifiedToken> {
    if (token === '') throw new Refusal(401, 'TOKEN_MISSING', 'The Authorization header holds no token.');
    const claims = wellFormed(() => decodeJwt(token));
    const key = keyOf(claims);
    const { secret, project } = this.configured(key);
    const imported = await this.cryptoKey(key, secret);
    // WebCrypto verifies in a thread pool: handing over all tokens of one turn together is cheaper.
    await new Promise(setImmediate);
    await requireSignature(token, imported);
    return { key, project, claims };
  }

  private configured(key: string): { secret: string; project: string } {
    const found = this.settings.keys.get(key);
    if (found === undefined) {
      // Shortened: somebody may have put the secret here.
      const shown = JSON.stringify(`${key.slice(0, 6)}…`);
      throw new Refusal(401, 'KEY_UNKNOWN', `The token is signed by the key ${shown}, which is not configured.`);
    }
    return found;
  }

  private cryptoKey(key: string, secret: string): Promise<CryptoKey> {
    const imported = this.imported.get(key) ?? importSecret(secret);
    this.imported.set(key, imported);
    return imported;
  }
}

function importSecret(secret: string): Promise<CryptoKey> {
  const hmac = { name: 'HMAC', hash: 'SHA-256' };
  return crypto.subtle.importKey('raw', new TextEncoder().encode(secret), hmac, false, ['verify']);
}

function requireAlgorithm(token: string): void {
  const { alg } = wellFormed(() => decodeProtectedHeader(token));
  if (alg !== 'HS256') {
    throw new Refusal(401, 'ALGORITHM_NOT_ALLOWED', 'The token is not signed with HS256, the only algorithm allowed.');
  }
}

function keyOf({ iss }: JWTPayload): string {
  if (typeof iss !== 'string') throw new Refusal(401, 'KEY_UNKNOWN', 'The token names no API key as its issuer.');
  return iss;
}

function wellFormed<T>(decode: () => T): T {
  try {
    return decode();
  } catch {
    throw new Refusal(401, 'TOKEN_MALFORMED', 'The Authorization header holds something that is not a JWT.');
  }
}

// jwtVerify would also check `iat`, which older servers omit.
async function requireSignature(token: string, key: CryptoKey): Promise<void> {
  try {
    await compactVerify(token, key, { algorithms: ['HS256'] });
  } catch {
    // Tells a wrong algorithm from a wrong signature.
    requireAlgorithm(token);
    throw new Refusal(401, 'SIGNATURE_INVALID', 'The token is not signed with the secret of its key.');
  }
}

/** Refusals that a wrong clock, here or at LiveKit, can cause. */
export const timeCodes: ReadonlySet<string> = new Set(['TOKEN_EXPIRED', 'TOKEN_NOT_YET_VALID']);

/** `at` in ms since 1970. @throws Refusal 401 */
export function requireTime({ exp, nbf }: JWTPayload, at: number): void {
  const now = Math.floor(at / 1000);
  if (!Number.isFinite(exp)) throw new Refusal(401, 'TOKEN_WITHOUT_EXP', 'The token has no expiry time.');
  if (exp! + toleranceSeconds <= now) {
    throw new Refusal(401, 'TOKEN_EXPIRED', `The token expired ${now - exp!} s ago by this service's clock.`);
  }
  if (nbf !== undefined && !Number.isFinite(nbf)) {
    throw new Refusal(401, 'TOKEN_MALFORMED', 'The token begins at something that is not a time.');
  }
  if (nbf !== undefined && nbf - toleranceSeconds > now) {
    throw new Refusal(401, 'TOKEN_NOT_YET_VALID', `The token begins in ${nbf - now} s by this service's clock.`);
  }
}
