import { Injectable, Logger } from '@nestjs/common';
import type { JWTPayload } from 'jose';
import { Refusal } from '../http/refusal.js';
import { Clock } from '../settings/clock.js';
import { requireTime } from './token-verifier.service.js';

/** So many different bodies, and none in time between them, and it is no longer the tokens that are doubted. */
const MANY = 5;
const timeCodes = new Set(['TOKEN_EXPIRED', 'TOKEN_NOT_YET_VALID']);

/** Whether the clock of this service can be right, by the times of the tokens that are made for bodies. */
@Injectable()
export class ClockDoubt {
  private readonly logger = new Logger('Clock');
  private readonly failed = new Set<string>();

  constructor(private readonly clock: Clock) {}

  get isDoubted(): boolean {
    return this.failed.size >= MANY;
  }

  /**
   * Of claims whose signature is good.
   * @throws Refusal 401, or 503 `UNAVAILABLE` while the clock is doubted: LiveKit sends it again
   */
  requireTime(claims: JWTPayload): void {
    const { sha256 } = claims;
    try {
      requireTime(claims, this.clock.now());
    } catch (error) {
      if (error instanceof Refusal && timeCodes.has(error.code)) this.doubt(sha256, error.message);
      throw error;
    }
    if (typeof sha256 === 'string') this.trust();
  }

  private doubt(sha256: unknown, message: string): void {
    const before = this.isDoubted;
    if (typeof sha256 === 'string' && !before) this.failed.add(sha256);
    if (!this.isDoubted) return;
    if (!before) {
      this.logger.error(`This service's clock or LiveKit's is wrong, and webhooks are answered with 503. ${message}`);
    }
    throw new Refusal(503, 'UNAVAILABLE', `The clocks do not agree; send it again. ${message}`);
  }

  private trust(): void {
    if (this.isDoubted) this.logger.log("This service's clock and LiveKit's agree again.");
    this.failed.clear();
  }
}
