import type { FastifyInstance } from 'fastify';
import type { Settings } from '../settings/settings.js';

export const queryBodyBytes = 2 ** 20;

/** Which request bodies are read, how far, and as what: raw bytes for the webhook, JSON for queries. */
export function readBodies(fastify: FastifyInstance, { maxBodyBytes }: Settings): void {
  const json = fastify.getDefaultJsonParser('error', 'error');
  fastify.removeAllContentTypeParsers();
  fastify.addHook('onRoute', (route) => {
    route.bodyLimit = route.url === '/webhook' ? maxBodyBytes : queryBodyBytes;
  });
  fastify.addContentTypeParser('application/webhook+json', { parseAs: 'buffer' }, (_request, body, done) => {
    done(null, body);
  });
  fastify.addContentTypeParser('application/json', { parseAs: 'buffer' }, (request, body, done) => {
    if (request.routeOptions.url === '/webhook') done(null, body);
    else json(request, body.toString(), done);
  });
}
