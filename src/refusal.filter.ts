import { type ArgumentsHost, Catch, type ExceptionFilter, HttpException, Logger } from '@nestjs/common';
import type { FastifyReply, FastifyRequest } from 'fastify';
import { Refusal } from './refusal.js';

const byStatus: Record<number, readonly [code: string, message: string]> = {
  400: ['BAD_REQUEST', 'The request is malformed.'],
  404: ['NOT_FOUND', 'There is nothing at this path for this method.'],
  413: ['BODY_TOO_LARGE', 'The body is larger than this service takes.'],
  415: ['CONTENT_TYPE_UNSUPPORTED', 'The body is of a content type that this path does not take.'],
};

const clockSkew = new Set(['TOKEN_EXPIRED', 'TOKEN_NOT_YET_VALID']);

/** Every failure outside GraphQL is answered here, as JSON `{code, message}`. */
@Catch()
export class RefusalFilter implements ExceptionFilter {
  private readonly logger = new Logger('Http');

  catch(error: unknown, host: ArgumentsHost): void {
    const reply = host.switchToHttp().getResponse<FastifyReply>();
    const request = host.switchToHttp().getRequest<FastifyRequest>();
    const { status, code, message } = this.refusalOf(error);
    this.log(request, { status, code, message });
    if (status === 503) reply.header('retry-after', '1');
    reply.code(status).send({ code, message });
  }

  private refusalOf(error: unknown): Pick<Refusal, 'status' | 'code' | 'message'> {
    if (error instanceof Refusal) return error;
    const status = error instanceof HttpException ? error.getStatus() : 500;
    if (status >= 500) {
      this.logger.error(error);
      return { status: 500, code: 'INTERNAL', message: 'Something went wrong inside this service.' };
    }
    const [code, message] = byStatus[status] ?? byStatus[400]!;
    return { status, code, message };
  }

  /** LiveKit never repeats what was answered with 4xx, so the log is the only place that tells. */
  private log(request: FastifyRequest, { status, code, message }: Pick<Refusal, 'status' | 'code' | 'message'>): void {
    if (request.routeOptions?.url !== '/webhook') return;
    const cause = clockSkew.has(code) ? 'Clock skew' : 'Webhook refused';
    this.logger.warn(`${cause} (${status} ${code}): ${message}`);
  }
}
