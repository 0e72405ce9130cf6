import { storedChecksum } from './leveldb-checksum.js';

const BLOCK = 32_768;
const HEADER = 7;
const [FULL, FIRST, MIDDLE, LAST] = [1, 2, 3, 4];

export interface Soundness {
  /** Offset behind the last whole record. */
  readonly end: number;
  /** What follows: nothing, an unfinished record, or damage. */
  readonly after: 'nothing' | 'torn' | 'wrong';
}

/**
 * How much of a LevelDB log is intact (leveldb's doc/log_format.md). LevelDB itself silently drops damaged blocks and
 * deletes the file.
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

/** Size of the record fragment that begins at `at`, header included. */
function recordAt(bytes: Buffer, at: number): number | 'torn' | 'wrong' {
  const blockEnd = at - (at % BLOCK) + BLOCK;
  if (at + HEADER > bytes.length) return 'torn';
  const size = HEADER + bytes.readUInt16LE(at + 4);
  const type = bytes[at + 6]!;
  // Zeros at the end are preallocated.
  if (type === 0 && size === HEADER) return bytes.subarray(at).every((byte) => byte === 0) ? 'torn' : 'wrong';
  if (at + size > Math.min(blockEnd, bytes.length)) return blockEnd >= bytes.length ? 'torn' : 'wrong';
  const isAsWritten = storedChecksum(bytes.subarray(at + 6, at + size)) === bytes.readUInt32LE(at);
  return isAsWritten && type <= LAST ? size : 'wrong';
}
