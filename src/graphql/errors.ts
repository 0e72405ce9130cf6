import { Logger } from '@nestjs/common';
import type { ExecutionResult, FormattedExecutionResult, GraphQLFormattedError } from 'graphql';
import { GraphQLError } from 'graphql';
import { isAway, isTimeout } from '../database/failure.js';
import { Refusal } from '../http/refusal.js';

const logger = new Logger('GraphQL');

/** What the client is told of an error; `status` applies if nothing was executed. */
interface ErrorAnswer {
  readonly code: string;
  readonly message: string;
  readonly status: number;
}

const byStatus: Readonly<Record<number, string>> = { 413: 'BODY_TOO_LARGE', 415: 'CONTENT_TYPE_UNSUPPORTED' };

/** Once execution has begun, the status is 200. */
export function formatErrors(execution: { errors: readonly GraphQLError[]; data?: unknown }): {
  statusCode: number;
  response: FormattedExecutionResult;
} {
  const errors = execution.errors.flatMap(inside);
  const told = errors.map(tell);
  const executed = execution.data != null || errors.some(({ path }) => path !== undefined);
  // Denied before the request was read as GraphQL: the answer has no data.
  const denied = told.some(({ status }) => status === 401 || status === 403);
  const response = {
    ...(!denied && { data: (execution.data ?? null) as ExecutionResult['data'] & object }),
    errors: errors.map((error, index) => formatted(error, told[index]!)),
  };
  return { statusCode: executed ? 200 : (told[0]?.status ?? 500), response };
}

/** Mercurius wraps all validation errors in one. */
function inside(error: GraphQLError): readonly GraphQLError[] {
  const { errors } = (error.originalError ?? {}) as { errors?: readonly Error[] };
  if (!Array.isArray(errors)) return [error];
  return errors.map((inner) =>
    inner instanceof GraphQLError ? inner : new GraphQLError(inner.message, { originalError: inner }),
  );
}

function formatted({ locations, path }: GraphQLError, { code, message }: ErrorAnswer): GraphQLFormattedError {
  return { message, ...(locations && { locations }), ...(path && { path }), extensions: { code } };
}

function tell(error: GraphQLError): ErrorAnswer {
  const cause = causeOf(error);
  if (cause instanceof Refusal) return { code: cause.code, message: cause.message, status: cause.status };
  if (cause instanceof GraphQLError) return tellOfDocument(error, cause);
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

function tellOfDocument(error: GraphQLError, { extensions }: GraphQLError): ErrorAnswer {
  const { message, path } = error;
  const told = (code: string): ErrorAnswer => ({ code, message, status: 400 });
  if (typeof extensions?.['code'] === 'string') return told(extensions['code']);
  if (message.startsWith('Syntax Error')) return told('GRAPHQL_PARSE_FAILED');
  // Variables are checked only after the document is valid.
  const ofValue =
    path !== undefined || /^Variable "\$\w+" (got invalid value|of (required|non-null) type)/.test(message);
  return told(ofValue ? 'BAD_USER_INPUT' : 'GRAPHQL_VALIDATION_FAILED');
}
