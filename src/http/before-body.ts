import type { FastifyContextConfig, FastifyInstance, FastifyReply, FastifyRequest } from 'fastify';

/** Runs `admit` before the body is read, on the routes that want it. By callback: the others pay for no promise. */
export function beforeBody(
  fastify: FastifyInstance,
  isWanted: (route: FastifyContextConfig) => boolean | undefined,
  admit: (request: FastifyRequest, reply: FastifyReply) => Promise<void>,
): void {
  fastify.addHook('preParsing', (request, reply, payload, done) => {
    if (!isWanted(request.routeOptions.config)) return done(null, payload);
    // oxlint-disable-next-line promise/no-callback-in-promise
    void admit(request, reply).then(() => done(null, payload), done);
  });
}
