import type { FastifyInstance, FastifyReply, FastifyRequest } from 'fastify';
import type { ApiContext } from './api-context.js';
import type { Answering } from './answering.js';
import { formatResult, refusedAnswer } from './errors.js';
import { exactJson } from '../read/exact-json.js';
import { questionOf } from './question-of.js';

declare module 'fastify' {
  interface FastifyInstance {
    graphql: Answering;
  }
}

const GRAPHQL_RESPONSE = 'application/graphql-response+json';

/** GraphQL over HTTP: https://graphql.github.io/graphql-over-http/draft/ */
export function serveGraphql(
  fastify: FastifyInstance,
  answering: Answering,
  contextOf: (request: FastifyRequest, reply: FastifyReply) => ApiContext,
): void {
  fastify.decorate('graphql', answering);
  for (const url of ['/graphql', '/graphql/']) {
    fastify.route({
      method: ['GET', 'POST'],
      url,
      config: { requiresScope: true },
      errorHandler: refuse,
      handler: async (request, reply) => {
        const result = await answering.answer(questionOf(request), contextOf(request, reply));
        return send(reply, 200, formatResult(result));
      },
    });
  }
}

function refuse(error: unknown, _request: FastifyRequest, reply: FastifyReply): void {
  const { status, errors } = refusedAnswer(error);
  // `data: null` is for clients that read a refusal as an answer. The newer type forbids it.
  const withData = !wantsNewType(reply.request) && status !== 401 && status !== 403;
  if (status === 503) reply.header('retry-after', '5');
  void send(reply, status, { ...(withData && { data: null }), errors });
}

function send(reply: FastifyReply, status: number, answer: object): FastifyReply {
  const type = wantsNewType(reply.request) ? GRAPHQL_RESPONSE : 'application/json';
  return reply.code(status).type(`${type}; charset=utf-8`).send(exactJson(answer));
}

function wantsNewType({ headers }: FastifyRequest): boolean {
  const weightOf = (type: string): number => {
    const [, weight] = accepted.find(([name]) => name === type) ?? [];
    return weight ?? 0;
  };
  const accepted = (headers.accept ?? '').split(',').map((range): [string, number] => {
    const [name = '', ...parameters] = range.split(';').map((part) => part.trim().toLowerCase());
    const weight = parameters.find((one) => one.startsWith('q='))?.slice(2);
    return [name, weight === undefined ? 1 : Number(weight) || 0];
  });
  return weightOf(GRAPHQL_RESPONSE) > 0 && weightOf(GRAPHQL_RESPONSE) >= weightOf('application/json');
}
