import type { FastifyReply, FastifyRequest } from 'fastify';
import type { Access } from '../access/access.service.js';
import type { Scope } from '../access/scope.js';
import { Refusal } from '../http/refusal.js';

type Scopes = WeakMap<FastifyRequest, Scope>;
type Hook = (request: FastifyRequest, reply: FastifyReply) => Promise<unknown>;

/** Lets nobody in without a scope: a refused request's body is not even read. */
export function door(access: Access, scopes: Scopes): Hook {
  return async (request, reply) => {
    try {
      scopes.set(request, await access.scope(request.headers.authorization));
    } catch (error) {
      if (!(error instanceof Refusal)) throw error;
      if (error.status === 401) reply.header('www-authenticate', 'Bearer');
      return reply.code(error.status).send({ errors: [{ message: error.message, extensions: { code: error.code } }] });
    }
    return undefined;
  };
}
