import { Injectable, Logger } from '@nestjs/common';
import type { JWTPayload } from 'jose';
import { Refusal } from '../http/refusal.js';
import { Clock } from '../settings/clock.js';
import { requireTime, timeCodes } from './token-verifier.service.js';

/** After this many different bodies refused for their times, and none in time between, the clock is doubted. */
const MANY = 5;

/** Judges this service's clock by the times of webhook tokens. */
@Injectable()
export class ClockDoubt {
  private readonly logger = new Logger('Clock');
  private readonly failed = new Set<string>();

  constructor(private readonly clock: Clock) {}

  get isDoubted(): boolean {
    return this.failed.size >= MANY;
  }

  /**
   * Call it only with claims whose signature is valid.
   * @throws Refusal 401, or 503 `UNAVAILABLE` while the clock is doubted, so that LiveKit retries
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
