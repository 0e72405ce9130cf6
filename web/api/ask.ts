import type { Operation } from '../generated/operations';
import { home } from '../address/address';
import { signOut, token } from '../session/session';

export class Refused extends Error {
  constructor(
    readonly code: string,
    message: string,
  ) {
    super(message);
  }
}

interface Answer<Data> {
  readonly data?: Data | null;
  readonly errors?: readonly { readonly message: string; readonly extensions?: { readonly code?: string } }[];
}

/** @throws Refused; with UNAVAILABLE where nobody answers */
export async function ask<Data, Variables>(
  operation: Operation<Data, Variables>,
  variables: Variables,
  signal?: AbortSignal,
): Promise<Data> {
  const { data, errors } = await post<Answer<Data>>('graphql', { query: operation.text, variables }, signal);
  const [error] = errors ?? [];
  if (error) throw refusal(error.extensions?.code ?? 'INTERNAL', error.message);
  return data!;
}

/** The address of a download, good for a minute. */
export async function downloadLink(path: string): Promise<string> {
  const at = new URL(path, home);
  const { url } = await post<{ url: string }>(path, undefined);
  return new URL(url, at).href;
}

async function post<T>(path: string, body: unknown, signal?: AbortSignal): Promise<T> {
  const headers = {
    authorization: `Bearer ${token.peek()}`,
    ...(body !== undefined && { 'content-type': 'application/json' }),
  };
  const request = {
    method: 'POST',
    headers,
    signal: signal ?? null,
    body: body === undefined ? null : JSON.stringify(body),
  };
  const response = await fetch(new URL(path, home), request).catch((error: unknown) => {
    if (signal?.aborted) throw error;
    throw new Refused('UNAVAILABLE', 'The service cannot be reached.');
  });
  const answer = (await response.json().catch(() => null)) as (T & { code?: string; message?: string }) | null;
  if (answer === null) throw new Refused('UNAVAILABLE', `The service answered with ${response.status}.`);
  if (answer.code !== undefined) throw refusal(answer.code, answer.message ?? '');
  return answer;
}

function refusal(code: string, message: string): Refused {
  if (code === 'UNAUTHENTICATED') signOut('expired');
  return new Refused(code, message);
}
