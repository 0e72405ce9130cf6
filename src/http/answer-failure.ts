import { HttpException, Logger } from '@nestjs/common';
import type { FastifyReply, FastifyRequest } from 'fastify';
import { Refusal } from './refusal.js';

export type FailureAnswer = Pick<Refusal, 'status' | 'code' | 'message'>;

declare module 'fastify' {
  interface FastifyReply {
    /** Set once the request has failed, for hooks that log or count it. */
    failure?: FailureAnswer;
  }
}

const byStatus: Record<number, readonly [code: string, message: string]> = {
  400: ['BAD_REQUEST', 'The request is malformed.'],
  404: ['NOT_FOUND', 'There is nothing at this path for this method.'],
  413: ['BODY_TOO_LARGE', 'The body is larger than this service takes.'],
  415: ['CONTENT_TYPE_UNSUPPORTED', 'The body is of a content type that this path does not take.'],
  503: ['UNAVAILABLE', 'The service is stopping.'],
};

/** LiveKit makes five attempts this far apart. With 1 s it gives up after 4 s; with 30 s its queue overflows. */
const retryAfterSeconds = '5';

const logger = new Logger('Http');

/** Answers a request that failed outside GraphQL, as JSON `{code, message}`. */
export function answerFailure(error: unknown, _request: FastifyRequest, reply: FastifyReply): void {
  const failure = failureOf(error);
  const { status, code, message } = failure;
  if (status === 500) logger.error(error);
  if (status === 503) reply.header('retry-after', retryAfterSeconds);
  reply.failure = failure;
  reply.code(status).send({ code, message });
}

function failureOf(error: unknown): FailureAnswer {
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
  // Fastify sets `statusCode` on its own errors, and on that of an aborted request.
  return error instanceof Error && 'statusCode' in error ? Number(error.statusCode) : 500;
}
