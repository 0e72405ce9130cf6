import { hash } from 'node:crypto';
import { type JWTPayload, SignJWT } from 'jose';

/** Who signs, when (milliseconds since 1970), and for how long. */
export interface Signer {
  readonly key: string;
  readonly secret: string;
  readonly now: number;
  readonly ttlSeconds: number;
}

/** A token as LiveKit's servers and SDKs make them. */
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

/** The token that goes with a webhook's body. */
export function signBody(body: string, signer: Omit<Signer, 'ttlSeconds'>): Promise<string> {
  const sha256 = hash('sha256', body, 'base64');
  return signToken({ sha256 }, { ...signer, ttlSeconds: 300 });
}
