import { Injectable } from '@nestjs/common';
import { Clock } from '../settings/clock.js';
import { requireTime, toleranceSeconds, TokenVerifier, type VerifiedToken } from './token-verifier.service.js';
import { LruCache } from './lru-cache.js';
import { Refusal } from '../http/refusal.js';
import { scopeOf, type TokenScope } from './scope.js';

const bearer = /^bearer +(\S.*)$/i;

@Injectable()
export class Access {
  /** A verified signature stays valid; only the times are checked again. */
  private readonly verified = new LruCache<string, VerifiedToken>(1_000);
  private readonly scopes = new WeakMap<VerifiedToken, TokenScope>();

  constructor(
    private readonly tokens: TokenVerifier,
    private readonly clock: Clock,
  ) {}

  /** One object for each token, by which requests share. @throws Refusal 401 UNAUTHENTICATED or 403 FORBIDDEN */
  async scope(authorization: string | undefined): Promise<TokenScope> {
    const token = bearer.exec(authorization ?? '')?.[1];
    if (token === undefined)
      throw unauthenticated('The request has no Authorization header of the form "Bearer <token>".');
    const verified = await this.verify(token.trim()).catch(refuse);
    const { project, claims } = verified;
    const expiresAt = claims.exp! * 1000;
    const scope = this.scopes.get(verified) ?? { ...scopeOf(project, claims), expiresAt };
    this.scopes.set(verified, scope);
    return scope;
  }

  /** How long a token is good for from now on, ms; past its end, as long as another clock may say so. */
  remainingMs({ expiresAt }: TokenScope): number {
    const left = expiresAt - this.clock.now();
    return left > 0 ? left : left + toleranceSeconds * 1000;
  }

  private async verify(token: string): Promise<VerifiedToken> {
    const known = this.verified.get(token);
    if (known !== undefined) {
      requireTime(known.claims, this.clock.now());
      return known;
    }
    const verified = await this.tokens.verify(token);
    // Meanwhile another request may have verified it.
    const first = this.verified.get(token) ?? verified;
    this.verified.set(token, first);
    return first;
  }
}

function refuse(error: unknown): never {
  throw error instanceof Refusal && error.status === 401 ? unauthenticated(error.message) : error;
}

function unauthenticated(message: string): Refusal {
  return new Refusal(401, 'UNAUTHENTICATED', message);
}
