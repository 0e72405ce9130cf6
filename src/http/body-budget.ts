import { Refusal } from './refusal.js';

/** A body of this size is taken when larger ones no longer are. */
const SMALL_BYTES = 64 * 1024;
const SHARE_OF_LARGE = 0.75;

/** How many bytes of bodies may be in memory: those being read, and those whose request is not answered yet. */
export class BodyBudget {
  private taken = 0;

  constructor(private readonly most: number) {}

  open(): BodyShare {
    return new BodyShare(this);
  }

  /** Changes a share from so many bytes to so many. */
  move(from: number, to: number): void {
    const most = to > SMALL_BYTES ? this.most * SHARE_OF_LARGE : this.most;
    if (to > from && this.taken + to - from > most) {
      throw new Refusal(503, 'UNAVAILABLE', 'More bodies are being read than the service can hold; send it again.');
    }
    this.taken += to - from;
  }
}

/** What one request takes of it. */
export class BodyShare {
  private bytes = 0;

  constructor(private readonly budget: BodyBudget) {}

  /** @throws Refusal 503 `UNAVAILABLE` when there is not as much left */
  growTo(bytes: number): void {
    if (bytes <= this.bytes) return;
    this.budget.move(this.bytes, bytes);
    this.bytes = bytes;
  }

  release(): void {
    this.budget.move(this.bytes, 0);
    this.bytes = 0;
  }
}
