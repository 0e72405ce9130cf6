// Postgres arrays in the binary format, which needs no escaping and no parsing. Times are in ms.

interface Element {
  readonly oid: number;
  /** Size of a value; texts vary. */
  readonly bytes?: number;
  readonly write: (into: Buffer, value: never, at: number) => number;
}

const elements = {
  text: { oid: 25, write: (into: Buffer, value: string, at: number) => at + into.write(value, at) },
  bool: { oid: 16, bytes: 1, write: (into: Buffer, value: boolean, at: number) => into.writeUInt8(value ? 1 : 0, at) },
  int: { oid: 23, bytes: 4, write: (into: Buffer, value: number, at: number) => into.writeInt32BE(value, at) },
  bigint: {
    oid: 20,
    bytes: 8,
    write: (into: Buffer, value: number | bigint, at: number) => into.writeBigInt64BE(BigInt(value), at),
  },
  timestamptz: { oid: 1184, bytes: 8, write: writeTime },
} satisfies Record<string, Element>;

const YEAR_2000 = Date.UTC(2000, 0, 1);

/** Microseconds since 2000, exact in years 1714 to 2285. Faster than a BigInt. */
function writeTime(into: Buffer, value: number, at: number): number {
  const micros = Math.round(value - YEAR_2000) * 1000;
  const high = Math.floor(micros / 2 ** 32);
  return into.writeUInt32BE(micros - high * 2 ** 32, into.writeInt32BE(high, at));
}

export type ElementType = keyof typeof elements;

const HEADER = 20;
const LENGTH = 4;

/** The value of a parameter that is cast to `type[]`. */
export function arrayOf(type: ElementType, values: readonly unknown[]): Buffer {
  const { oid, bytes, write }: Element = elements[type];
  let array: Buffer = Buffer.allocUnsafe(roomFor(values, bytes));
  let at = writeHeader(array, oid, values.length);
  // Not for-of: its result objects would be most of a batch's garbage.
  for (let place = 0; place < values.length; place++) {
    const value = values[place] as never;
    if (value === null) {
      at = array.writeInt32BE(-1, at);
      continue;
    }
    if (at + LENGTH + most(value, bytes) > array.length) array = grown(array, at);
    const end = write(array, value, at + LENGTH);
    array.writeInt32BE(end - at - LENGTH, at);
    at = end;
  }
  return array.subarray(0, at);
}

/** Exact for ASCII, so that few arrays have to grow. */
function roomFor(values: readonly unknown[], bytes: number | undefined): number {
  if (bytes !== undefined) return HEADER + values.length * (LENGTH + bytes);
  let size = HEADER;
  let longest = 0;
  for (let place = 0; place < values.length; place++) {
    const length = (values[place] as string | null)?.length ?? 0;
    size += LENGTH + length;
    longest = Math.max(longest, length);
  }
  return size + 2 * longest;
}

/** A UTF-16 unit takes at most three bytes of UTF-8. */
function most(value: string, bytes: number | undefined): number {
  return bytes ?? 3 * value.length;
}

function grown(array: Buffer, used: number): Buffer {
  const larger = Buffer.allocUnsafe(array.length * 3);
  array.copy(larger, 0, 0, used);
  return larger;
}

/** One dimension with lower bound 1; nulls allowed. */
function writeHeader(into: Buffer, oid: number, length: number): number {
  let at = 0;
  for (const part of [1, 1, oid, length, 1]) at = into.writeInt32BE(part, at);
  return at;
}
