import { Readable } from 'node:stream';
import { Logger } from '@nestjs/common';
import { Refusal } from '../http/refusal.js';
import { refusalOf } from './error-to-refusal.js';
import type { Format } from './format.js';
import type { StoppableReading } from './stoppable-reading.js';
import type { ExportTable } from './export-table.js';

type Texts = Omit<Format, 'contentType'>;

const logger = new Logger('Export');

/**
 * An error after the first chunk destroys the connection, so that a truncated file cannot look complete.
 * @throws Refusal for failures before it
 */
export async function streamOf(table: ExportTable, format: Texts, reading: StoppableReading): Promise<Readable> {
  const texts = textsOf(table, format);
  const first = await texts.next().catch((error: unknown) => {
    throw reading.stopped ? new Refusal(503, 'UNAVAILABLE', 'The export was stopped.') : refusalOf(error);
  });
  return Readable.from(joined(first, texts, reading));
}

async function* textsOf({ columns, pages }: ExportTable, format: Texts): AsyncGenerator<string> {
  let head = format.head(columns);
  for await (const rows of pages) {
    yield head + format.lines(columns, rows);
    head = '';
  }
  if (head !== '') yield head;
}

async function* joined(
  first: IteratorResult<string>,
  rest: AsyncGenerator<string>,
  reading: StoppableReading,
): AsyncGenerator<string> {
  if (first.done) return;
  yield first.value;
  try {
    yield* rest;
  } catch (error) {
    if (!reading.stopped) logger.warn(`An export broke off: ${String(error)}`);
    throw error;
  }
}
