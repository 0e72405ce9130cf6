import { createHash } from 'node:crypto';
import { Readable } from 'node:stream';
import { pipeline } from 'node:stream/promises';
import { createGunzip, createGzip } from 'node:zlib';
import type { ArchiveStore } from './store.js';

export interface Lines {
  readonly text: string;
  readonly rows: number;
}

export interface Part {
  readonly name: string;
  readonly rows: number;
  readonly bytes: number;
  readonly sha256: string;
}

const PART_BYTES = 256 * 2 ** 20;
const NEWLINE = 10;

/** Writes parts of bounded size, and reads each again. @throws Error if a part is not what was written */
export async function writeParts(store: ArchiveStore, folder: string, lines: AsyncGenerator<Lines>): Promise<Part[]> {
  const parts: Part[] = [];
  for (let next = await lines.next(); !next.done;) {
    const name = `${folder}/part-${String(parts.length + 1).padStart(4, '0')}.jsonl.gz`;
    let [rows, size] = [0, 0];
    const texts = async function* (): AsyncGenerator<string> {
      for (; !next.done && size < PART_BYTES; next = await lines.next()) {
        rows += next.value.rows;
        size += next.value.text.length;
        yield next.value.text;
      }
    };
    const { sha256, bytes } = await writePart(store, name, Readable.from(texts()));
    const part = { name, rows, bytes, sha256 };
    await checkPart(store, part);
    parts.push(part);
  }
  return parts;
}

async function writePart(store: ArchiveStore, name: string, texts: Readable): Promise<Pick<Part, 'bytes' | 'sha256'>> {
  const gzip = createGzip();
  const sum = createHash('sha256');
  let bytes = 0;
  const counted = async function* (): AsyncGenerator<Buffer> {
    for await (const chunk of gzip as AsyncIterable<Buffer>) {
      sum.update(chunk);
      bytes += chunk.length;
      yield chunk;
    }
  };
  await Promise.all([pipeline(texts, gzip), store.write(name, counted())]);
  return { sha256: sum.digest('hex'), bytes };
}

export async function checkPart(store: ArchiveStore, part: Part): Promise<void> {
  let rows = 0;
  for await (const chunk of readPart(store, part)) {
    for (let at = chunk.indexOf(NEWLINE); at >= 0; at = chunk.indexOf(NEWLINE, at + 1)) rows++;
  }
  if (rows !== part.rows) throw damaged(store, part);
}

function damaged(store: ArchiveStore, { name }: Part): Error {
  return new Error(`${store.placeOf(name)} is not what was written there.`);
}

/** What a part holds, unpacked. @throws Error if it is missing or damaged */
export async function* readPart(store: ArchiveStore, part: Part): AsyncGenerator<Buffer> {
  const packed = await store.read(part.name);
  if (packed === null) throw new Error(`${store.placeOf(part.name)} is missing.`);
  const sum = createHash('sha256');
  const summed = async function* (): AsyncGenerator<Buffer> {
    for await (const chunk of packed) {
      sum.update(chunk);
      yield chunk;
    }
  };
  const gunzip = createGunzip();
  const unpacking = pipeline(Readable.from(summed(), { objectMode: false }), gunzip);
  unpacking.catch(() => undefined);
  try {
    yield* gunzip as AsyncIterable<Buffer>;
    await unpacking;
  } catch (error) {
    throw Object.assign(damaged(store, part), { cause: error });
  }
  if (sum.digest('hex') !== part.sha256) throw damaged(store, part);
}
