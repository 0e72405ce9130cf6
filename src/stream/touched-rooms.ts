import type { Step } from './log-step.js';

/** Rooms of one name: another's change can end one, or begin it anew. */
interface Named {
  /** As `xmin` shows transactions: 32 bits. */
  readonly xids: Set<string>;
  /** Named without a sid: all of them may have changed. */
  bare: boolean;
}

/** Rooms that changed since they were last read. */
export class TouchedRooms {
  readonly sids = new Set<string>();
  readonly names = new Map<string, Named>();
  since = Infinity;
  oldest: bigint | null = null;
  swapped = false;

  get isEmpty(): boolean {
    return this.sids.size + this.names.size === 0;
  }

  add({ touched, since }: Omit<Step, 'upTo'>): void {
    for (const { sid, name, xid } of touched) {
      if (sid !== null) this.sids.add(sid);
      if (name !== null && xid !== null) this.addName(name, BigInt(xid), sid === null);
    }
    this.since = Math.min(this.since, since);
  }

  merge({ sids, names, since, oldest, swapped }: TouchedRooms): void {
    for (const sid of sids) this.sids.add(sid);
    for (const [name, { xids, bare }] of names) {
      const known = this.named(name);
      for (const xid of xids) known.xids.add(xid);
      known.bare ||= bare;
    }
    this.since = Math.min(this.since, since);
    this.oldest = least(this.oldest, oldest);
    this.swapped ||= swapped;
  }

  private addName(name: string, xid: bigint, bare: boolean): void {
    const known = this.named(name);
    known.xids.add(String(xid & 0xffff_ffffn));
    known.bare ||= bare;
    this.oldest = least(this.oldest, xid);
  }

  private named(name: string): Named {
    const known = this.names.get(name) ?? { xids: new Set(), bare: false };
    this.names.set(name, known);
    return known;
  }
}

function least(one: bigint | null, other: bigint | null): bigint | null {
  if (one === null || other === null) return one ?? other;
  return one < other ? one : other;
}
