import { Readable } from 'node:stream';
import { Logger } from '@nestjs/common';
import type { FastifyReply } from 'fastify';
import { Refusal } from '../http/refusal.js';
import { refusalOf } from './failure.js';
import type { Format } from './format.js';
import type { StoppableReading } from './stoppable.js';
import type { Table } from './table.js';

const logger = new Logger('Export');

/**
 * Streams a table, as fast as the client takes it. What fails before the first byte is thrown as a Refusal;
 * what fails later breaks the connection off, so that no part looks like the whole.
 */
export async function send(
  reply: FastifyReply,
  table: Table,
  { format, reading }: { format: Format; reading: StoppableReading },
): Promise<void> {
  const texts = textsOf(table, format);
  const first = await texts.next().catch((error: unknown) => {
    throw reading.stopped ? new Refusal(503, 'UNAVAILABLE', 'The export was stopped.') : refusalOf(error);
  });
  reply.header('cache-control', 'no-store').header('x-content-type-options', 'nosniff').type(format.contentType);
  reply.send(Readable.from(joined(first, texts, reading)));
}

/** A text for each page, the first with the head. */
async function* textsOf({ columns, pages }: Table, format: Format): AsyncGenerator<string> {
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
