import { Logger } from '@nestjs/common';
import { GraphQLError, type ExecutionResult, type FormattedExecutionResult, type GraphQLFormattedError } from 'graphql';
import { isAway, isTimeout } from '../database/failure.js';
import { Refusal } from '../http/refusal.js';
import { RequestErrors } from './documents/request-errors.js';
import { steadyErrors } from './steady-errors.js';

const logger = new Logger('GraphQL');

/** Some messages quote what was sent. */
const MAX_MESSAGE = 1_000;

/** What the client is told of an error; `status` applies if nothing was executed. */
interface ErrorAnswer {
  readonly code: string;
  readonly message: string;
  readonly status: number;
}

export interface RefusedAnswer {
  readonly status: number;
  readonly errors: readonly GraphQLFormattedError[];
}

const byStatus: Readonly<Record<number, string>> = { 413: 'BODY_TOO_LARGE', 415: 'CONTENT_TYPE_UNSUPPORTED' };

export function formatResult(result: ExecutionResult): FormattedExecutionResult {
  const data = result.data ?? null;
  if (result.errors === undefined) return { data };
  return { data, errors: steadyErrors(result).map((error) => formatted(error, tell(error, 'BAD_USER_INPUT'))) };
}

export function refusedAnswer(error: unknown): RefusedAnswer {
  const { code, errors } =
    error instanceof RequestErrors ? error : { code: 'BAD_USER_INPUT', errors: [graphqlError(error)] };
  const told = errors.map((one) => tell(one, code));
  return { status: told[0]!.status, errors: errors.map((one, index) => formatted(one, told[index]!)) };
}

function graphqlError(error: unknown): GraphQLError {
  if (error instanceof GraphQLError) return error;
  const originalError = error instanceof Error ? error : new Error(String(error));
  return new GraphQLError(originalError.message, { originalError });
}

function formatted({ locations, path }: GraphQLError, { code, message }: ErrorAnswer): GraphQLFormattedError {
  const short = message.length > MAX_MESSAGE ? `${message.slice(0, MAX_MESSAGE)}…` : message;
  return { message: short, ...(locations && { locations }), ...(path && { path }), extensions: { code } };
}

function tell(error: GraphQLError, codeOfDocument: string): ErrorAnswer {
  const cause = causeOf(error);
  if (cause instanceof Refusal) return { code: cause.code, message: cause.message, status: cause.status };
  if (cause instanceof GraphQLError) {
    const code = (cause.extensions as object | undefined)?.['code' as never];
    return { code: typeof code === 'string' ? code : codeOfDocument, message: error.message, status: 400 };
  }
  const { code, statusCode, message } = cause as Error & { code?: string; statusCode?: number };
  if (isTimeout(cause)) return { code: 'TIMEOUT', message: 'The query took longer than a statement may.', status: 200 };
  if (statusCode !== undefined && statusCode < 500)
    return { code: byStatus[statusCode] ?? 'BAD_REQUEST', message, status: statusCode };
  // Internal errors of Postgres: count as away, and are logged, because an operator must look.
  if (code?.startsWith('XX')) logger.error(cause);
  if (isAway(cause)) return { code: 'UNAVAILABLE', message: 'The database cannot be reached.', status: 503 };
  logger.error(cause);
  return { code: 'INTERNAL', message: 'Something went wrong inside this service.', status: 500 };
}

function causeOf(error: GraphQLError): Error {
  const { originalError } = error;
  return originalError instanceof GraphQLError ? causeOf(originalError) : (originalError ?? error);
}
