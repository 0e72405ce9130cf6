import { StringDecoder } from 'node:string_decoder';
import type { ArchiveStore } from './store.js';
import { readPart, type Part } from './write.js';

const BYTES = 2 ** 20;
const MOST = 500;

/** Rows as JSON, some at a time. @throws Error if the part is missing or damaged */
export async function* linesOfPart(store: ArchiveStore, part: Part): AsyncGenerator<string[]> {
  const decoder = new StringDecoder('utf8');
  let [rest, lines, size] = ['', [] as string[], 0];
  for await (const chunk of readPart(store, part)) {
    const complete = (rest + decoder.write(chunk)).split('\n');
    rest = complete.pop()!;
    for (const line of complete) {
      lines.push(line);
      size += line.length;
      if (lines.length < MOST && size < BYTES) continue;
      yield lines;
      [lines, size] = [[], 0];
    }
  }
  if (lines.length > 0) yield lines;
}
