import { Controller, Get, Param, Req, Res } from '@nestjs/common';
import type { FastifyReply, FastifyRequest } from 'fastify';
import { Access } from '../access/access.service.js';
import type { Scope } from '../access/scope.js';
import { Refusal } from '../http/refusal.js';
import { Settings } from '../settings/settings.js';
import { Exports } from './exports.service.js';
import { formats } from './format.js';
import { send } from './send.js';
import { sessionLists, sessionsOf } from './sessions.js';
import type { StoppableReading } from './stoppable.js';
import type { Table } from './table.js';
import { usageOf } from './usage.js';

@Controller('export')
export class ExportController {
  constructor(
    private readonly access: Access,
    private readonly exports: Exports,
    private readonly settings: Settings,
  ) {}

  @Get(':file')
  async show(@Param('file') file: string, @Req() request: FastifyRequest, @Res() reply: FastifyReply): Promise<void> {
    const scope = await this.scopeOf(request, reply);
    const [, name, format] = /^(\w+)\.(csv|jsonl)$/.exec(file) ?? [];
    if (name === undefined || !(name === 'usage' || sessionLists.has(name))) throw nothingAt(file);
    const reading = this.exports.begin(scope, reply.raw);
    const table = this.tableOf(name, reply, reading);
    await send(reply, table, { format: formats.get(format!)!, reading });
  }

  private async scopeOf({ headers }: FastifyRequest, reply: FastifyReply): Promise<Scope> {
    try {
      return await this.access.scope(headers.authorization);
    } catch (error) {
      if (error instanceof Refusal && error.status === 401) reply.header('www-authenticate', 'Bearer');
      throw error;
    }
  }

  private tableOf(name: string, reply: FastifyReply, reading: StoppableReading): Table {
    const query = reply.request.query as object;
    if (name === 'usage') return usageOf(query, { reply, reading, settings: this.settings });
    return sessionsOf(name, query, { schema: reply.server.graphql.schema, reading });
  }
}

function nothingAt(file: string): Refusal {
  const names = [...sessionLists.keys(), 'usage'].join(', ');
  return new Refusal(404, 'NOT_FOUND', `There is no export ${file}: there are ${names}, each as .csv and .jsonl.`);
}
