import { Controller, Get, Header, Param, Query, Res } from '@nestjs/common';
import { RouteConfig } from '@nestjs/platform-fastify';
import type { FastifyReply } from 'fastify';
import { TokenGate } from '../access/token-gate.service.js';
import { Refusal } from '../http/refusal.js';
import { Ledgers } from '../ledgers/ledgers.service.js';
import { Settings } from '../settings/settings.js';
import { Asking } from './asking.js';
import { type ListedSession, listSessions } from './list-sessions.js';
import { sessionDetails } from './session-details.js';

/** LiveKit Cloud's Analytics API, for scripts that were written for it. */
@Controller('api/project/:project/sessions')
export class AnalyticsController {
  constructor(
    private readonly gate: TokenGate,
    private readonly ledgers: Ledgers,
    private readonly settings: Settings,
  ) {}

  @Get()
  @RouteConfig({ requiresScope: true })
  @Header('cache-control', 'no-store')
  async list(
    @Param('project') project: string,
    @Query() parameters: Record<string, unknown>,
    @Res({ passthrough: true }) reply: FastifyReply,
  ): Promise<{ sessions: ListedSession[] }> {
    return { sessions: await listSessions(this.asking(project, reply), parameters) };
  }

  @Get(':id')
  @RouteConfig({ requiresScope: true })
  @Header('cache-control', 'no-store')
  async show(
    @Param() { project, id }: { project: string; id: string },
    @Res({ passthrough: true }) reply: FastifyReply,
  ): Promise<object> {
    const details = await sessionDetails(this.asking(project, reply), id);
    if (details === null) throw new Refusal(404, 'NOT_FOUND', 'There is no such session.');
    return details;
  }

  private asking(project: string, reply: FastifyReply): Asking {
    const scope = this.gate.scopeOf(reply.request)!;
    this.requireProject(project, scope.project);
    const { settings } = this;
    return new Asking(reply.server.graphql, {
      reading: this.ledgers.of(scope.project).readings.of(scope, reply.raw),
      settings,
    });
  }

  /** The token says which project; the Cloud's own id of it (`p_…`) is not known here. */
  private requireProject(named: string, own: string): void {
    const known = [...this.settings.keys.values()].some(({ project }) => project === named);
    if (named === own || (!known && named.startsWith('p_'))) return;
    throw new Refusal(404, 'NOT_FOUND', 'The token is not of this project.');
  }
}
