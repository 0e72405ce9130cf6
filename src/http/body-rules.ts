import type { FastifyInstance, FastifyRequest } from 'fastify';
import type { Settings } from '../settings/settings.js';

declare module 'fastify' {
  interface FastifyContextConfig {
    /** The handler gets the raw bytes, at most `MAX_BODY_BYTES`. */
    rawBody?: boolean;
  }
}

/** Limit of JSON bodies. */
export const queryBodyBytes = 2 ** 20;

/** Routes with `rawBody` accept bytes, all others JSON. */
export function setBodyRules(fastify: FastifyInstance, { maxBodyBytes }: Settings): void {
  const parseJson = fastify.getDefaultJsonParser('error', 'error');
  fastify.removeAllContentTypeParsers();
  fastify.addHook('onRoute', (route) => {
    route.bodyLimit = route.config?.rawBody ? maxBodyBytes : queryBodyBytes;
  });
  fastify.addContentTypeParser('application/webhook+json', { parseAs: 'buffer' }, (_request, body, done) => {
    done(null, body);
  });
  fastify.addContentTypeParser('application/json', { parseAs: 'buffer' }, (request, body, done) => {
    if (wantsBytes(request)) done(null, body);
    else parseJson(request, body.toString(), done);
  });
}

function wantsBytes({ routeOptions }: FastifyRequest): boolean {
  return routeOptions.config.rawBody === true;
}
