import { Injectable } from '@nestjs/common';
import { TokenVerifier } from '../livekit/token.js';
import { Refusal } from '../refusal.js';
import { type Scope, scopeOf } from './scope.js';

const bearer = /^bearer +(\S.*)$/i;

/** Who may ask for what: an Authorization header becomes a scope, or a refusal. */
@Injectable()
export class Access {
  constructor(private readonly tokens: TokenVerifier) {}

  /** Throws {@link Refusal}: 401 UNAUTHENTICATED, 403 FORBIDDEN. */
  async scope(authorization: string | undefined): Promise<Scope> {
    const token = bearer.exec(authorization ?? '')?.[1];
    if (token === undefined)
      throw unauthenticated('The request has no Authorization header of the form "Bearer <token>".');
    const { project, claims } = await this.tokens.verify(token.trim()).catch(refuse);
    return scopeOf(project, claims);
  }
}

function refuse(error: unknown): never {
  throw error instanceof Refusal && error.status === 401 ? unauthenticated(error.message) : error;
}

function unauthenticated(message: string): Refusal {
  return new Refusal(401, 'UNAUTHENTICATED', message);
}
