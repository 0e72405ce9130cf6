import type { Readable } from 'node:stream';
import { Controller, Get, Header, Param, Res } from '@nestjs/common';
import { RouteConfig } from '@nestjs/platform-fastify';
import type { FastifyReply } from 'fastify';
import { TokenGate } from '../access/token-gate.service.js';
import { badInput, Refusal } from '../http/refusal.js';
import { Settings } from '../settings/settings.js';
import { Exports } from './exports.service.js';
import { type Format, formats } from './format.js';
import { streamOf } from './stream.js';
import { sessionLists, sessionsOf } from './sessions.js';
import type { Reading } from '../read/reading.js';
import type { ExportTable } from './export-table.js';
import { usageOf } from './usage.js';

@Controller('export')
export class ExportController {
  constructor(
    private readonly gate: TokenGate,
    private readonly exports: Exports,
    private readonly settings: Settings,
  ) {}

  @Get(':file')
  @RouteConfig({ requiresScope: true })
  @Header('cache-control', 'no-store')
  @Header('x-content-type-options', 'nosniff')
  async show(@Param('file') file: string, @Res({ passthrough: true }) reply: FastifyReply): Promise<Readable> {
    const [, name, format] = /^(\w+)\.(\w+)$/.exec(file) ?? [];
    const texts = formats.get(format ?? '');
    if (texts === undefined || name === undefined || !(name === 'usage' || sessionLists.has(name)))
      throw nothingAt(file);
    const scope = this.gate.scopeOf(reply.request)!;
    const { bom, ...query } = reply.request.query as Record<string, unknown>;
    const marked = withMark(texts, bom);
    const reading = this.exports.begin(scope, reply.raw, name === 'usage' ? 'answer' : 'file');
    const stream = await streamOf(this.tableOf(name, query, { reply, reading }), marked, reading);
    reply.type(texts.contentType);
    return stream;
  }

  private tableOf(
    name: string,
    query: object,
    { reply, reading }: { reply: FastifyReply; reading: Reading },
  ): ExportTable {
    if (name === 'usage') return usageOf(query, { reply, reading, settings: this.settings });
    return sessionsOf(name, query, { schema: reply.server.graphql.schema, reading });
  }
}

/** Excel takes a CSV file for UTF-8 only if it begins with a byte order mark. @throws Refusal BAD_USER_INPUT */
function withMark(format: Format, bom: unknown): Format {
  if (bom === undefined || bom === 'false') return format;
  if (bom !== 'true') throw badInput('The parameter bom is true or false.');
  if (format !== formats.get('csv')) throw badInput('The parameter bom is for CSV.');
  return { ...format, head: (columns) => `\uFEFF${format.head(columns)}` };
}

function nothingAt(file: string): Refusal {
  const names = [...sessionLists.keys(), 'usage'].join(', ');
  return new Refusal(
    404,
    'NOT_FOUND',
    `There is no export ${file}: there are ${names}, each as ${[...formats.keys()].map((one) => `.${one}`).join(' and ')}.`,
  );
}
