import { pipeline, Readable } from 'node:stream';
import { promisify } from 'node:util';
import { constants, createGzip, gzip, type ZlibOptions } from 'node:zlib';
import type { FastifyInstance, FastifyRequest } from 'fastify';

const WORTH_IT = 1_400;
const compressible = /^(?:text\/|application\/(?:json|jsonl|graphql-response\+json)\b|application\/javascript)/;
const fastest = { level: constants.Z_BEST_SPEED };
const gzipped = promisify<string | Buffer, ZlibOptions, Buffer>(gzip);

/** Compresses answers and exports where the client accepts it. Streams stay streams, and end as their source does. */
export function compressAnswers(fastify: FastifyInstance): void {
  fastify.addHook('onSend', (request, reply, payload: unknown, done) => {
    if (reply.hasHeader('content-encoding')) return done(null, payload);
    if (!isLarge(payload) || !compressible.test(String(reply.getHeader('content-type')))) return done(null, payload);
    reply.header('vary', [reply.getHeader('vary') ?? [], 'accept-encoding'].flat().join(', '));
    if (!acceptsGzip(request)) return done(null, payload);
    reply.header('content-encoding', 'gzip').removeHeader('content-length');
    // A source that fails destroys the stream, and with it the connection: a cut answer cannot look complete.
    if (payload instanceof Readable)
      return done(
        null,
        pipeline(payload, createGzip(fastest), () => undefined),
      );
    // oxlint-disable-next-line promise/no-callback-in-promise
    void gzipped(payload, fastest).then((bytes) => done(null, bytes), done);
  });
}

function isLarge(payload: unknown): payload is string | Buffer | Readable {
  if (typeof payload === 'string' || Buffer.isBuffer(payload)) return payload.length >= WORTH_IT;
  return payload instanceof Readable;
}

export function acceptsGzip({ method, headers }: FastifyRequest): boolean {
  if (method === 'HEAD') return false;
  const weights = String(headers['accept-encoding'] ?? '')
    .split(',')
    .map((one) => /^\s*([\w*-]+)(?:\s*;\s*q=([\d.]+))?/.exec(one));
  const weightOf = (name: string): number | undefined => {
    const found = weights.find((weight) => weight?.[1]?.toLowerCase() === name);
    return found ? Number(found[2] ?? 1) : undefined;
  };
  return (weightOf('gzip') ?? weightOf('*') ?? 0) > 0;
}
