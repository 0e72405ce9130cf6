import { batch, signal } from '@preact/signals';
import { parse, type OperationDefinitionNode } from 'graphql';
import { home } from '../address/address';
import { watch } from '../api/changes';
import { token } from '../session/session';

export interface Question {
  readonly text: string;
  /** JSON, as typed. */
  readonly variables: string;
  readonly headers: string;
}

export const answer = signal('');
export const running = signal(false);
export const took = signal<string | null>(null);
let end: (() => void) | null = null;

export function stop(): void {
  end?.();
  end = null;
  running.value = false;
}

export async function run(question: Question): Promise<void> {
  stop();
  batch(() => ([running.value, took.value] = [true, null]));
  try {
    const variables = objectOf(question.variables, 'Variables');
    const headers = objectOf(question.headers, 'Headers') as Record<string, string>;
    if (isSubscription(question.text)) follow(question.text, variables);
    else await ask(question.text, { variables, headers });
  } catch (error) {
    if ((error as Error).name === 'AbortError') return;
    batch(() => ([answer.value, running.value] = [error instanceof Error ? error.message : String(error), false]));
  }
}

function objectOf(text: string, what: string): Record<string, unknown> {
  if (text.trim() === '') return {};
  try {
    return JSON.parse(text) as Record<string, unknown>;
  } catch {
    throw new Error(`${what} are not JSON.`);
  }
}

function isSubscription(text: string): boolean {
  try {
    const found = parse(text).definitions.find(({ kind }) => kind === 'OperationDefinition');
    return (found as OperationDefinitionNode | undefined)?.operation === 'subscription';
  } catch {
    return false;
  }
}

interface Asked {
  readonly variables: Record<string, unknown>;
  readonly headers: Record<string, string>;
}

async function ask(query: string, { variables, headers }: Asked): Promise<void> {
  const leaving = new AbortController();
  end = () => leaving.abort();
  const began = performance.now();
  const sent = { authorization: `Bearer ${token.peek()}`, 'content-type': 'application/json', ...headers };
  const body = JSON.stringify({ query, variables });
  const response = await fetch(new URL('graphql', home), {
    method: 'POST',
    headers: sent,
    body,
    signal: leaving.signal,
  });
  const text = await response.text();
  batch(() => {
    answer.value = pretty(text);
    took.value = `${response.status}, ${Math.round(performance.now() - began)} ms, ${(text.length / 1000).toFixed(1)} kB`;
    running.value = false;
  });
}

function pretty(text: string): string {
  try {
    return JSON.stringify(JSON.parse(text), null, 2);
  } catch {
    return text;
  }
}

const MOST = 200;

function follow(text: string, variables: Record<string, unknown>): void {
  const told: string[] = [];
  answer.value = '';
  const tell = (data: unknown): void => {
    told.unshift(JSON.stringify(data, null, 2));
    told.length = Math.min(told.length, MOST);
    batch(() => ([answer.value, took.value] = [told.join('\n'), `${told.length} so far, the newest first`]));
  };
  const failed = (error: unknown): void => {
    batch(() => ([answer.value, running.value] = [JSON.stringify(error, null, 2), false]));
  };
  end = watch<unknown, Record<string, unknown>>({ text }, variables, {
    next: tell,
    subscribed: () => undefined,
    failed,
  });
}
