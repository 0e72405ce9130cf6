import { HttpException, Logger } from '@nestjs/common';
import type { FastifyReply, FastifyRequest } from 'fastify';
import { Refusal } from './refusal.js';

type Answer = Pick<Refusal, 'status' | 'code' | 'message'>;

const byStatus: Record<number, readonly [code: string, message: string]> = {
  400: ['BAD_REQUEST', 'The request is malformed.'],
  404: ['NOT_FOUND', 'There is nothing at this path for this method.'],
  413: ['BODY_TOO_LARGE', 'The body is larger than this service takes.'],
  415: ['CONTENT_TYPE_UNSUPPORTED', 'The body is of a content type that this path does not take.'],
  503: ['UNAVAILABLE', 'The service is stopping.'],
};

const clockSkew = new Set(['TOKEN_EXPIRED', 'TOKEN_NOT_YET_VALID']);
const logger = new Logger('Http');

/** Answers what failed outside GraphQL, as JSON `{code, message}`. */
export function answerFailure(error: unknown, request: FastifyRequest, reply: FastifyReply): void {
  const { status, code, message } = answerTo(error);
  if (status === 500) logger.error(error);
  if (request.routeOptions?.url === '/webhook') logWebhook({ status, code, message });
  if (status === 503) reply.header('retry-after', '1');
  reply.code(status).send({ code, message });
}

function answerTo(error: unknown): Answer {
  if (error instanceof Refusal) return error;
  const status = statusOf(error);
  if (!(status >= 400 && status < 500) && status !== 503) {
    return { status: 500, code: 'INTERNAL', message: 'Something went wrong inside this service.' };
  }
  const [code, message] = byStatus[status] ?? byStatus[400]!;
  return { status, code, message };
}

function statusOf(error: unknown): number {
  if (error instanceof HttpException) return error.getStatus();
  // Fastify puts a status on its own errors and on a request that breaks off.
  return error instanceof Error && 'statusCode' in error ? Number(error.statusCode) : 500;
}

/** LiveKit never repeats what was answered with 4xx, so only the log can tell what was lost. */
function logWebhook({ status, code, message }: Answer): void {
  const cause = clockSkew.has(code) ? 'Clock skew' : 'Webhook refused';
  logger.warn(`${cause} (${status} ${code}): ${message}`);
}
