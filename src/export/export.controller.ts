import type { Readable } from 'node:stream';
import { Controller, Get, Header, HttpCode, Param, Post, Req, Res } from '@nestjs/common';
import { RouteConfig } from '@nestjs/platform-fastify';
import type { FastifyReply, FastifyRequest } from 'fastify';
import { TokenGate } from '../access/token-gate.service.js';
import { badInput, Refusal } from '../http/refusal.js';
import { Settings } from '../settings/settings.js';
import type { ExportTable } from './export-table.js';
import { Exports } from './exports.service.js';
import { type Format, formats } from './format.js';
import { listOf, lists } from './lists.js';
import { streamOf } from './stream.js';
import { usageOf } from './usage.js';

/** The export that reads the log. */
const EVENTS = 'webhookEvents';

interface Download {
  readonly url: string;
}

@Controller('export')
export class ExportController {
  constructor(
    private readonly gate: TokenGate,
    private readonly exports: Exports,
    private readonly settings: Settings,
  ) {}

  @Get(':file')
  @RouteConfig({ requiresScope: true, takesTicket: true })
  @Header('cache-control', 'no-store')
  @Header('x-content-type-options', 'nosniff')
  async show(@Param('file') file: string, @Res({ passthrough: true }) reply: FastifyReply): Promise<Readable> {
    const { table, format } = this.asked(file, reply.request);
    const scope = this.gate.scopeOf(reply.request)!;
    const reading = await this.exports.begin(scope, reply.raw, file.startsWith(`${EVENTS}.`));
    const stream = await streamOf(table, format, reading);
    reply.type(format.contentType).header('content-disposition', `attachment; filename="${file}"`);
    return stream;
  }

  /** For a browser, whose downloads have no header: the same address, with a ticket for it alone. */
  @Post(':file')
  @HttpCode(200)
  @RouteConfig({ requiresScope: true })
  @Header('cache-control', 'no-store')
  async link(@Param('file') file: string, @Req() request: FastifyRequest): Promise<Download> {
    this.asked(file, request);
    const { url } = request;
    const ticket = await this.gate.ticketFor(request);
    const relative = url.replace(/^[^?]*\//, '');
    return { url: `${relative}${relative.includes('?') ? '&' : '?'}ticket=${ticket}` };
  }

  private asked(file: string, { query: given, server }: FastifyRequest): { table: ExportTable; format: Format } {
    const [, name, extension] = /^(\w+)\.(\w+)$/.exec(file) ?? [];
    const format = formats.get(extension ?? '');
    if (format === undefined || name === undefined || !(name === 'usage' || lists.has(name))) throw nothingAt(file);
    const { bom, ticket: _, ...query } = given as Record<string, unknown>;
    const { schema } = server.graphql;
    const table = name === 'usage' ? usageOf(query, { schema, settings: this.settings }) : listOf(name, query, schema);
    return { table, format: withMark(format, bom) };
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
  const names = [...lists.keys(), 'usage'].join(', ');
  return new Refusal(
    404,
    'NOT_FOUND',
    `There is no export ${file}: there are ${names}, each as ${[...formats.keys()].map((one) => `.${one}`).join(' and ')}.`,
  );
}
