import { Refusal } from '../http/refusal.js';

const LANES = 4;

/** Windows and rows that all usage questions of one request may have together. */
export class Allowance {
  private windows = 0;
  private rows = 0;
  private asked = 0;
  private readonly lanes: Promise<unknown>[] = Array.from({ length: LANES }, () => Promise.resolve());

  constructor(
    private readonly most: number,
    private readonly over: (why: Refusal) => void,
  ) {}

  get rowsLeft(): number {
    return this.most - this.rows;
  }

  spendWindows(count: number): void {
    this.windows += count;
    this.require(this.windows, 'windows');
  }

  spendRows(count: number): void {
    this.rows += count;
    this.require(this.rows, 'rows');
  }

  inTurn<T>(answer: () => Promise<T>): Promise<T> {
    const lane = this.asked++ % LANES;
    const answered = this.lanes[lane]!.then(answer);
    this.lanes[lane] = answered.catch(() => undefined);
    return answered;
  }

  private require(spent: number, what: string): void {
    if (spent <= this.most) return;
    const message = `The usage has more than ${this.most} ${what}: ask for a shorter range, or less at once.`;
    const refusal = new Refusal(400, 'TOO_MANY_ROWS', message);
    this.over(refusal);
    throw refusal;
  }
}
