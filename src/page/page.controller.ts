import { Controller, Get, Param, Req, Res } from '@nestjs/common';
import type { FastifyReply, FastifyRequest } from 'fastify';
import { acceptsGzip } from '../http/compression.js';
import { Refusal } from '../http/refusal.js';
import { type BuiltFile, builtFiles } from './built-files.js';

/** The page runs only what this service serves and talks to nobody else. */
const headers = {
  'content-security-policy': [
    "default-src 'none'",
    "script-src 'self'",
    "style-src 'self'",
    "img-src 'self'",
    "connect-src 'self'",
    "base-uri 'none'",
    "form-action 'none'",
    "frame-ancestors 'none'",
  ].join('; '),
  'referrer-policy': 'no-referrer',
  'x-content-type-options': 'nosniff',
  'cross-origin-opener-policy': 'same-origin',
};

/** The views, whose addresses the page reads itself. */
const views = ['', 'rooms', 'rooms/:sid', 'people', 'people/:identity', 'usage', 'events', 'ide'];

@Controller()
export class PageController {
  private readonly files = builtFiles();

  @Get(views)
  show(@Req() request: FastifyRequest, @Res() reply: FastifyReply): void {
    const [path = '/'] = request.url.split('?');
    const up = '../'.repeat(path.split('/').length - 2) || './';
    const page = this.found('index.html').bytes.toString().replaceAll('"./', `"${up}`);
    reply.headers(headers).header('cache-control', 'no-cache').type('text/html; charset=utf-8').send(page);
  }

  /** Where the IDE was before. Relative, so that it also works behind a path prefix. */
  @Get('graphiql')
  lead(@Res() reply: FastifyReply): void {
    reply.code(302).header('location', 'ide').send();
  }

  /** Their names hold the hash of what is in them. */
  @Get('assets/:name')
  async asset(@Param('name') name: string, @Res() reply: FastifyReply): Promise<void> {
    const file = this.found(`assets/${name}`);
    const gzipped = acceptsGzip(reply.request);
    if (gzipped) reply.header('content-encoding', 'gzip');
    reply
      .header('vary', 'accept-encoding')
      .header('cache-control', 'public, max-age=31536000, immutable')
      .header('x-content-type-options', 'nosniff')
      .type(file.type)
      .send(gzipped ? await file.gzipped() : file.bytes);
  }

  private found(path: string): BuiltFile {
    const file = this.files.get(path);
    if (file === undefined) throw new Refusal(404, 'NOT_FOUND', 'The page has no such part.');
    return file;
  }
}
