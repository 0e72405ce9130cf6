import { Refusal } from './refusal.js';

/** Bodies up to this size may use the whole budget, larger ones three quarters. */
const SMALL_BYTES = 64 * 1024;
const SHARE_OF_LARGE = 0.75;

/** Bounds the bytes of bodies in memory, from reading until the request is answered. */
export class BodyBudget {
  private taken = 0;
  private readonly takenBy = new Map<string, number>();

  constructor(private readonly most: number) {}

  /** @param payer a database, which takes no more than it leaves: one that hangs leaves room for others; null: the only one */
  open(payer: string | null): BodyShare {
    return new BodyShare(this, payer);
  }

  /** Changes a share from `from` to `to` bytes. */
  move(payer: string | null, from: number, to: number): void {
    const most = to > SMALL_BYTES ? this.most * SHARE_OF_LARGE : this.most;
    const more = to - from;
    const own = payer === null ? 0 : (this.takenBy.get(payer) ?? 0);
    if (more > 0 && (this.taken + more > most || own + more > this.most - this.taken)) {
      throw new Refusal(503, 'UNAVAILABLE', 'More bodies are being read than the service can hold; send it again.');
    }
    this.taken += more;
    if (payer !== null) this.takenBy.set(payer, own + more);
  }
}

export class BodyShare {
  private bytes = 0;

  constructor(
    private readonly budget: BodyBudget,
    private readonly payer: string | null,
  ) {}

  /** @throws Refusal 503 `UNAVAILABLE` if too little is left */
  growTo(bytes: number): void {
    if (bytes <= this.bytes) return;
    this.budget.move(this.payer, this.bytes, bytes);
    this.bytes = bytes;
  }

  release(): void {
    this.budget.move(this.payer, this.bytes, 0);
    this.bytes = 0;
  }
}
