import { storedChecksum } from './leveldb-checksum.js';

const FOOTER = 48;
const TRAILER = 5;
const MAGIC = Buffer.from('57fb808b247547db', 'hex');
const PLAIN = 0;

interface Block {
  readonly at: number;
  readonly size: number;
}

/** Whether a table of LevelDB is as it was written (leveldb's doc/table_format.md): LevelDB itself does not look. */
export function isSoundTable(bytes: Buffer): boolean {
  // A crash left it half written, and LevelDB knows nothing of it; or it does, and sees that.
  if (bytes.length < FOOTER || !bytes.subarray(-MAGIC.length).equals(MAGIC)) return true;
  try {
    const footer = new Varints(bytes.subarray(-FOOTER));
    const [meta, index] = [footer.block(), footer.block()];
    if (!isSound(bytes, meta) || !isSound(bytes, index)) return false;
    // A version that compressed wrote it, whose blocks only LevelDB can find.
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

/** Of each entry of the index: lengths of the key's shared and own part and of the value, the key, the block. */
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
