import { createHash, hkdfSync } from 'node:crypto';
import { Injectable } from '@nestjs/common';
import { compactVerify, decodeJwt, type JWTPayload } from 'jose';
import { Refusal } from '../http/refusal.js';
import { Clock } from '../settings/clock.js';
import { Settings } from '../settings/settings.js';
import type { TokenScope } from './scope.js';
import { signToken } from './sign-token.js';

const LIFE_SECONDS = 60;

/** What may be asked once more, without a header, for a minute: a URL of a browser's download. */
@Injectable()
export class Tickets {
  constructor(
    private readonly settings: Settings,
    private readonly clock: Clock,
  ) {}

  sign({ project, roomName }: TokenScope, question: string): Promise<string> {
    const key = [...this.settings.keys].find(([, one]) => one.project === project)![0];
    const claims = { question: digestOf(question), ...(roomName !== null && { room: roomName }) };
    const signer = { key, secret: this.secretOf(key)!, now: this.clock.now(), ttlSeconds: LIFE_SECONDS };
    return signToken(claims, signer);
  }

  /** @throws Refusal 401 UNAUTHENTICATED */
  async scopeOf(ticket: string, question: string): Promise<TokenScope> {
    const claims = await this.verified(ticket);
    if (claims['question'] !== digestOf(question)) throw refused('is not for this question');
    const expiresAt = claims.exp! * 1000;
    if (expiresAt <= this.clock.now()) throw refused('was good for a minute, which is over');
    const room = claims['room'];
    const { project } = this.settings.keys.get(claims.iss!)!;
    return { project, roomName: typeof room === 'string' ? room : null, expiresAt };
  }

  private async verified(ticket: string): Promise<JWTPayload> {
    try {
      const claims = decodeJwt(ticket);
      const secret = this.secretOf(claims.iss ?? '');
      if (secret !== null) {
        await compactVerify(ticket, new TextEncoder().encode(secret), { algorithms: ['HS256'] });
        return claims;
      }
    } catch {}
    throw refused('is not signed by this service');
  }

  /** The service's own, the same on every replica. LiveKit signs with the key's secret, from which it is derived. */
  private secretOf(key: string): string | null {
    const secret = this.settings.keys.get(key)?.secret;
    if (secret === undefined) return null;
    return Buffer.from(hkdfSync('sha256', secret, '', 'roomledger: tickets of downloads', 32)).toString('base64url');
  }
}

function digestOf(question: string): string {
  return createHash('sha256').update(question).digest('base64url');
}

function refused(why: string): Refusal {
  return new Refusal(401, 'UNAUTHENTICATED', `The ticket ${why}: ask for another one.`);
}
