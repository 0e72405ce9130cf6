import { promisify } from 'node:util';
import type { FastifyInstance, FastifyRequest } from 'fastify';
import type { Settings } from '../settings/settings.js';
import { BodyBudget, type BodyShare } from './body-budget.js';
import { readBytes } from './read-bytes.js';

declare module 'fastify' {
  interface FastifyContextConfig {
    /** The handler gets the raw bytes, at most `MAX_BODY_BYTES`. */
    rawBody?: boolean;
  }
  interface FastifyRequest {
    /** Of its token; null while that is not known. */
    project: string | null;
    bodyShare: BodyShare | null;
  }
}

export const queryBodyBytes = 2 ** 20;

const MOST_RAW_BYTES = 64 * 2 ** 20;
const MOST_JSON_BYTES = 32 * 2 ** 20;

/** Sets what bodies are accepted: bytes on routes with `rawBody`, JSON everywhere else. */
export function setBodyRules(fastify: FastifyInstance, { maxBodyBytes, ownDatabases }: Settings): void {
  const raw = new BodyBudget(Math.max(MOST_RAW_BYTES, 4 * maxBodyBytes));
  const json = new BodyBudget(MOST_JSON_BYTES);
  const payerOf = (project: string | null): string | null => {
    if (ownDatabases.size === 0) return null;
    return project !== null && ownDatabases.has(project) ? project : '';
  };
  const read = (request: FastifyRequest, payload: FastifyRequest['raw']): Promise<Buffer> => {
    request.bodyShare = (wantsBytes(request) ? raw : json).open(payerOf(request.project));
    return readBytes(request, payload, request.bodyShare);
  };
  const parseJson = promisify(fastify.getDefaultJsonParser('error', 'error'));
  fastify.removeAllContentTypeParsers();
  fastify.decorateRequest('bodyShare', null);
  fastify.decorateRequest('project', null);
  fastify.addHook('onRoute', (route) => {
    route.bodyLimit = route.config?.rawBody ? maxBodyBytes : queryBodyBytes;
  });
  fastify.addContentTypeParser('application/webhook+json', read);
  fastify.addContentTypeParser('application/json', async (request: FastifyRequest, payload: FastifyRequest['raw']) => {
    const body = await read(request, payload);
    return wantsBytes(request) ? body : parseJson(request, body.toString());
  });
  // An event is committed or spooled by now.
  fastify.addHook('onSend', (request, _reply, payload, done) => {
    request.bodyShare?.release();
    done(null, payload);
  });
}

function wantsBytes({ routeOptions }: FastifyRequest): boolean {
  return routeOptions.config.rawBody === true;
}
