import type { IncomingMessage } from 'node:http';
import type { FastifyRequest } from 'fastify';
import type { BodyShare } from './body-budget.js';
import { Refusal } from './refusal.js';

/** @throws Refusal 413 if the announced size is over the route's limit */
export function requireSize({ headers, routeOptions }: FastifyRequest): void {
  if (Number(headers['content-length']) > routeOptions.bodyLimit!) throw tooLarge();
}

/**
 * Reads a body. Its announced size counts at once, without one the bytes count as they come.
 * @throws Refusal 400 if it breaks off, 413 if it is too large, 503 if the budget is used up
 */
export async function readBytes(request: FastifyRequest, payload: IncomingMessage, share: BodyShare): Promise<Buffer> {
  requireSize(request);
  share.growTo(Number(request.headers['content-length'] ?? 0));
  const limit = request.routeOptions.bodyLimit!;
  const chunks: Buffer[] = [];
  let size = 0;
  return new Promise((resolve, reject) => {
    const stop = (error: unknown): void => {
      payload.off('data', take).resume();
      reject(error instanceof Refusal ? error : new Refusal(400, 'BAD_REQUEST', 'The body breaks off.'));
    };
    const take = (chunk: Buffer): void => {
      size += chunk.length;
      try {
        if (size > limit) throw tooLarge();
        share.growTo(size);
        chunks.push(chunk);
      } catch (error) {
        stop(error);
      }
    };
    payload.on('data', take);
    payload.once('end', () => {
      payload.off('error', stop).off('close', stop);
      resolve(Buffer.concat(chunks, size));
    });
    payload.once('error', stop).once('close', stop);
  });
}

function tooLarge(): Refusal {
  return new Refusal(413, 'BODY_TOO_LARGE', 'The body is larger than this service takes.');
}
