import { storedChecksum } from './leveldb-checksum.js';

const FOOTER = 48;
const TRAILER = 5;
const MAGIC = Buffer.from('57fb808b247547db', 'hex');
const PLAIN = 0;

interface Block {
  readonly at: number;
  readonly size: number;
}

/** Whether a LevelDB table is intact (leveldb's doc/table_format.md). LevelDB itself does not check. */
export function isSoundTable(bytes: Buffer): boolean {
  // Half written at a crash: LevelDB either does not know the file or notices.
  if (bytes.length < FOOTER || !bytes.subarray(-MAGIC.length).equals(MAGIC)) return true;
  try {
    const footer = new Varints(bytes.subarray(-FOOTER));
    const [meta, index] = [footer.block(), footer.block()];
    if (!isSound(bytes, meta) || !isSound(bytes, index)) return false;
    // Written by an older version, compressed: only LevelDB can read it.
    if ([meta, index].some(({ at, size }) => bytes[at + size] !== PLAIN)) return true;
    const listed = [index, meta].flatMap(({ at, size }) => blocksOf(bytes.subarray(at, at + size)));
    const blocks = [...listed, meta, index];
    const starts = [...blocks.map(({ at }) => at), bytes.length - FOOTER];
    const isWhole = starts[0] === 0 && blocks.every(({ at, size }, place) => at + size + TRAILER === starts[place + 1]);
    return isWhole && listed.every((block) => isSound(bytes, block));
  } catch {
    return false;
  }
}

function isSound(bytes: Buffer, { at, size }: Block): boolean {
  return storedChecksum(bytes.subarray(at, at + size + 1)) === bytes.readUInt32LE(at + size + 1);
}

/** An index entry has the lengths of the key's shared and own part and of the value, then key and block handle. */
function blocksOf(index: Buffer): Block[] {
  const restarts = index.readUInt32LE(index.length - 4);
  const entries = new Varints(index.subarray(0, index.length - 4 * (restarts + 1)));
  const blocks: Block[] = [];
  while (entries.left > 0) {
    const [, own] = [entries.next(), entries.next(), entries.next()];
    entries.skip(own);
    blocks.push(entries.block());
  }
  return blocks;
}

class Varints {
  private at = 0;

  constructor(private readonly bytes: Buffer) {}

  get left(): number {
    return this.bytes.length - this.at;
  }

  next(): number {
    let value = 0;
    for (let factor = 1; ; factor *= 128) {
      const byte = this.bytes.readUInt8(this.at++);
      value += (byte & 127) * factor;
      if (byte < 128) return value;
    }
  }

  skip(count: number): void {
    this.at += count;
  }

  block(): Block {
    return { at: this.next(), size: this.next() };
  }
}
