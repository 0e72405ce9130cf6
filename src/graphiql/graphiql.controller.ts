import { Controller, Get, Param, Res } from '@nestjs/common';
import type { FastifyReply } from 'fastify';
import { acceptsGzip } from '../http/compression.js';
import { Refusal } from '../http/refusal.js';
import { assets } from './assets.js';
import { contentSecurityPolicy, page } from './page.js';

@Controller('graphiql')
export class GraphiqlController {
  @Get()
  show(@Res() reply: FastifyReply): void {
    reply
      .header('content-security-policy', contentSecurityPolicy)
      .header('referrer-policy', 'no-referrer')
      .header('x-content-type-options', 'nosniff')
      .type('text/html; charset=utf-8')
      .send(page);
  }

  @Get(':name')
  async asset(@Param('name') name: string, @Res() reply: FastifyReply): Promise<void> {
    const asset = assets.get(name);
    if (asset === undefined) throw new Refusal(404, 'NOT_FOUND', 'The query page has no such part.');
    const gzipped = acceptsGzip(reply.request);
    if (gzipped) reply.header('content-encoding', 'gzip');
    reply
      .header('vary', 'accept-encoding')
      .header('cache-control', 'public, max-age=3600')
      .header('x-content-type-options', 'nosniff')
      .type(asset.type)
      .send(await (gzipped ? asset.readGzipped() : asset.read()));
  }
}
