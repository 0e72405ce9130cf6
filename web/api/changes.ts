import { signal } from '@preact/signals';
import { type Client, createClient } from 'graphql-ws';
import type { Operation } from '../generated/operations';
import { home } from '../address/address';
import { signOut, token } from '../session/session';

/** Null before the first connection and while none is wanted. */
export const connected = signal<boolean | null>(null);
export const lastUpdate = signal(Date.now());

const url = new URL('graphql', home).href.replace(/^http/, 'ws');
let client: Client | null = null;
const whenConnected = new Set<() => void>();
let heard = 0;
/** Until the service follows what was subscribed. */
const SETTLE_MS = 150;

interface Watcher<Data> {
  readonly next: (data: Data) => void;
  /** After each subscription: ask for what may have been missed before it. */
  readonly subscribed: () => void;
  /** Refused, and not tried again. */
  readonly failed?: (error: unknown) => void;
}

/** @returns ends it */
export function watch<Data, Variables extends Record<string, unknown>>(
  operation: Operation<Data, Variables>,
  variables: Variables,
  { next, subscribed, failed }: Watcher<Data>,
): () => void {
  client ??= connect();
  whenConnected.add(subscribed);
  const sink = {
    next: ({ data }: { data?: Data | null }) => (hear(), data && next(data)),
    error: (error: unknown) => failed?.(error),
  };
  const end = client.subscribe<Data>({ query: operation.text, variables }, { ...sink, complete: () => undefined });
  if (connected.peek()) setTimeout(subscribed, SETTLE_MS);
  return () => {
    whenConnected.delete(subscribed);
    end();
  };
}

export function hear(): void {
  lastUpdate.value = Date.now();
}

function connect(): Client {
  return createClient({
    url,
    connectionParams: () => ({ Authorization: `Bearer ${token.peek()}` }),
    keepAlive: 10_000,
    retryAttempts: Infinity,
    retryWait: (tries) =>
      new Promise((resolve) => setTimeout(resolve, Math.min(250 * 2 ** tries, 4_000) * (0.75 + Math.random() / 2))),
    shouldRetry: () => token.peek() !== '',
    on: {
      connected: () => {
        connected.value = true;
        hear();
        // Subscriptions are sent once this has returned.
        const turn = ++heard;
        setTimeout(() => turn === heard && whenConnected.forEach((subscribed) => subscribed()), SETTLE_MS);
      },
      closed: (event) => {
        const { code = 0, reason = '' } = event as CloseEvent;
        if (code === 4401 || reason.startsWith('TOKEN_EXPIRED')) signOut('expired');
        connected.value = whenConnected.size > 0 ? false : null;
      },
    },
  });
}

token.subscribe(() => {
  void client?.dispose();
  client = null;
});
