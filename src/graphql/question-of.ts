import type { FastifyRequest } from 'fastify';
import { Refusal } from '../http/refusal.js';
import type { Question } from './answering.js';
import type { Variables } from './cost/argument-size.js';

/** @throws Refusal BAD_REQUEST or PERSISTED_QUERY_NOT_SUPPORTED */
export function questionOf({ method, query: parameters, body }: FastifyRequest): Question {
  const given = method === 'POST' ? objectOf(body, 'The body') : fromUrl(objectOf(parameters, 'The URL'));
  const { query, operationName, variables, extensions } = given;
  const { persistedQuery } = objectOf(extensions ?? {}, 'extensions');
  if (query === undefined && persistedQuery != null) throw notSupported();
  if (typeof query !== 'string' || query === '') throw malformed('The request has no query, as text.');
  return { query, operationName: nameOf(operationName), variables: objectOf(variables ?? {}, 'variables') };
}

function fromUrl({ query, operationName, variables, extensions }: Variables): Variables {
  return { query, operationName, variables: json(variables, 'variables'), extensions: json(extensions, 'extensions') };
}

function json(text: unknown, what: string): unknown {
  if (text === undefined || text === '') return undefined;
  try {
    return JSON.parse(String(text));
  } catch {
    throw malformed(`${what} is not JSON.`);
  }
}

function objectOf(value: unknown, what: string): Variables {
  if (typeof value === 'object' && value !== null && !Array.isArray(value)) return value as Variables;
  throw malformed(`${what} is not an object.`);
}

/** In a URL, an empty name is none. */
function nameOf(name: unknown): string | undefined {
  if (name == null || name === '') return undefined;
  if (typeof name === 'string') return name;
  throw malformed('operationName is not text.');
}

function malformed(message: string): Refusal {
  return new Refusal(400, 'BAD_REQUEST', message);
}

/** Apollo's link then sends the text, and no more hashes. */
function notSupported(): Refusal {
  return new Refusal(400, 'PERSISTED_QUERY_NOT_SUPPORTED', 'PersistedQueryNotSupported');
}
