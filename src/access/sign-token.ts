import { hash } from 'node:crypto';
import { type JWTPayload, SignJWT } from 'jose';

/** `now` in ms since 1970. */
export interface Signer {
  readonly key: string;
  readonly secret: string;
  readonly now: number;
  readonly ttlSeconds: number;
}

export function signToken(claims: JWTPayload, { key, secret, now, ttlSeconds }: Signer): Promise<string> {
  const seconds = Math.floor(now / 1000);
  return new SignJWT(claims)
    .setProtectedHeader({ alg: 'HS256', typ: 'JWT' })
    .setIssuer(key)
    .setNotBefore(seconds)
    .setIssuedAt(seconds)
    .setExpirationTime(seconds + ttlSeconds)
    .sign(new TextEncoder().encode(secret));
}

export function signBody(body: string, signer: Omit<Signer, 'ttlSeconds'>): Promise<string> {
  const sha256 = hash('sha256', body, 'base64');
  return signToken({ sha256 }, { ...signer, ttlSeconds: 300 });
}
