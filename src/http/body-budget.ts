import { Refusal } from './refusal.js';

/** Bodies up to this size may use the whole budget, larger ones three quarters. */
const SMALL_BYTES = 64 * 1024;
const SHARE_OF_LARGE = 0.75;

/** Bounds the bytes of bodies in memory, from reading until the request is answered. */
export class BodyBudget {
  private taken = 0;

  constructor(private readonly most: number) {}

  open(): BodyShare {
    return new BodyShare(this);
  }

  /** Changes a share from `from` to `to` bytes. */
  move(from: number, to: number): void {
    const most = to > SMALL_BYTES ? this.most * SHARE_OF_LARGE : this.most;
    if (to > from && this.taken + to - from > most) {
      throw new Refusal(503, 'UNAVAILABLE', 'More bodies are being read than the service can hold; send it again.');
    }
    this.taken += to - from;
  }
}

export class BodyShare {
  private bytes = 0;

  constructor(private readonly budget: BodyBudget) {}

  /** @throws Refusal 503 `UNAVAILABLE` if too little is left */
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
