import { storedChecksum } from './leveldb-checksum.js';

const BLOCK = 32_768;
const HEADER = 7;
const [FULL, FIRST, MIDDLE, LAST] = [1, 2, 3, 4];

export interface Soundness {
  /** Where the last whole record ends. */
  readonly end: number;
  /** What follows it: nothing, a record that was being written, or what nobody wrote. */
  readonly after: 'nothing' | 'torn' | 'wrong';
}

/**
 * How much of a log of LevelDB is as it was written (leveldb's doc/log_format.md). LevelDB drops what is not without a
 * word, a block at a time, and deletes the file.
 */
export function soundness(bytes: Buffer): Soundness {
  let [at, end, within] = [0, 0, false];
  for (;;) {
    const left = BLOCK - (at % BLOCK);
    if (left < HEADER) at += left;
    if (at >= bytes.length) return { end, after: within ? 'torn' : 'nothing' };
    const size = recordAt(bytes, at);
    if (typeof size === 'string') return { end, after: size };
    const type = bytes[at + 6]!;
    const begins = type === FULL || type === FIRST;
    if (begins === within) return { end, after: 'wrong' };
    at += size;
    within = type === FIRST || type === MIDDLE;
    if (!within) end = at;
  }
}

/** The size of the part of a record that begins here, header included. */
function recordAt(bytes: Buffer, at: number): number | 'torn' | 'wrong' {
  const blockEnd = at - (at % BLOCK) + BLOCK;
  if (at + HEADER > bytes.length) return 'torn';
  const size = HEADER + bytes.readUInt16LE(at + 4);
  const type = bytes[at + 6]!;
  // A hole at the end is room that was reserved.
  if (type === 0 && size === HEADER) return bytes.subarray(at).every((byte) => byte === 0) ? 'torn' : 'wrong';
  if (at + size > Math.min(blockEnd, bytes.length)) return blockEnd >= bytes.length ? 'torn' : 'wrong';
  const isAsWritten = storedChecksum(bytes.subarray(at + 6, at + size)) === bytes.readUInt32LE(at);
  return isAsWritten && type <= LAST ? size : 'wrong';
}
