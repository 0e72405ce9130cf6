import { Readable } from 'node:stream';
import { Logger } from '@nestjs/common';
import { Refusal } from '../http/refusal.js';
import { refusalOf } from './error-to-refusal.js';
import type { Format } from './format.js';
import type { Reading } from '../read/reading.js';
import type { ExportTable } from './export-table.js';

type Texts = Omit<Format, 'contentType'>;

const logger = new Logger('Export');

/**
 * An error after the first chunk destroys the connection, so that a truncated file cannot look complete.
 * @throws Refusal for failures before it
 */
export async function streamOf(table: ExportTable, format: Texts, reading: Reading): Promise<Readable> {
  const bytes = bytesOf(table, format, reading);
  const first = await bytes.next().catch((error: unknown) => {
    throw reading.stopped ? new Refusal(503, 'UNAVAILABLE', 'The export was stopped.') : refusalOf(error);
  });
  return Readable.from(joined(first, bytes, reading), { highWaterMark: 1 });
}

const PIECE = 64 * 2 ** 10;

async function* bytesOf({ columns, pages }: ExportTable, format: Texts, reading: Reading): AsyncGenerator<Buffer> {
  let head = format.head(columns);
  for await (const rows of pages(reading)) {
    const page = Buffer.from(head + format.lines(columns, rows));
    for (let at = 0; at < page.length; at += PIECE) yield page.subarray(at, at + PIECE);
    head = '';
  }
  if (head !== '') yield Buffer.from(head);
}

async function* joined(
  first: IteratorResult<Buffer>,
  rest: AsyncGenerator<Buffer>,
  reading: Reading,
): AsyncGenerator<Buffer> {
  if (first.done) return;
  yield first.value;
  try {
    yield* rest;
  } catch (error) {
    if (!reading.stopped) logger.warn(`An export broke off: ${String(error)}`);
    throw error;
  }
}
