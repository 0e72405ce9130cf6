import { setTimeout as pause } from 'node:timers/promises';
import { signBody } from '../../access/sign-token.js';
import type { Message } from './webhook-message.js';

export interface Target {
  /** The service's base URL. */
  readonly url: string;
  readonly key: string;
  readonly secret: string;
  /** Events a second. */
  readonly rate: number;
}

export interface SendReport {
  readonly sent: number;
  readonly accepted: number;
  readonly refused: number;
  readonly firstRefusal: string | null;
  /** Milliseconds from request to answer, sorted. */
  readonly latencies: readonly number[];
}

export async function send(messages: Iterable<Message>, target: Target): Promise<SendReport> {
  const started = performance.now();
  const results: Promise<Result>[] = [];
  const last = new Map<string, Promise<unknown>>();
  for (const { key, body } of messages) {
    if (results.length === 1) await requireListener(results[0]!, target.url);
    const due = started + (results.length * 1000) / target.rate;
    if (due > performance.now()) await pause(due - performance.now());
    const result = (last.get(key) ?? Promise.resolve()).then(() => post(JSON.stringify(body), target));
    last.set(key, result);
    results.push(result);
  }
  return summary(await Promise.all(results));
}

/** @throws Error if the first event found nobody to take it */
async function requireListener(first: Promise<Result>, url: string): Promise<void> {
  const { refusal, connected } = await first;
  if (!connected) throw new Error(`Nothing listens at ${url} (${refusal}). Start the service, or give its --url.`);
}

const patienceMs = 60_000;

export interface Result {
  readonly ms: number;
  readonly refusal: string | null;
  readonly connected: boolean;
}

export async function post(body: string, { url, key, secret }: Omit<Target, 'rate'>): Promise<Result> {
  const authorization = await signBody(body, { key, secret, now: Date.now() });
  const headers = { authorization, 'content-type': 'application/webhook+json', 'user-agent': 'LiveKit' };
  const started = performance.now();
  const signal = AbortSignal.timeout(patienceMs);
  let connected = true;
  const refusal = await fetch(`${url}/webhook`, { method: 'POST', headers, body, signal, redirect: 'manual' })
    .then(async (response) => {
      const text = await response.text();
      return response.ok ? null : `${response.status} ${text}`;
    })
    .catch((error: unknown) => {
      connected = !unconnected.test(codeOf(error));
      return reason(error);
    });
  return { ms: performance.now() - started, refusal, connected };
}

const unconnected = /^(?:ECONNREFUSED|ENOTFOUND|EAI_AGAIN|EHOSTUNREACH|ENETUNREACH|UND_ERR_CONNECT_TIMEOUT)$/;

function codeOf(error: unknown): string {
  const { cause } = error as { cause?: { code?: string } };
  return cause?.code ?? '';
}

/** fetch puts the reason of a failure into the error's cause. */
function reason(error: unknown): string {
  if (!(error instanceof Error)) return String(error);
  return error.cause instanceof Error ? error.cause.message || String(error.cause) : error.message;
}

function summary(results: readonly Result[]): SendReport {
  const refusals = results.flatMap(({ refusal }) => refusal ?? []);
  return {
    sent: results.length,
    accepted: results.length - refusals.length,
    refused: refusals.length,
    firstRefusal: refusals[0] ?? null,
    latencies: results.map(({ ms }) => ms).sort((a, b) => a - b),
  };
}
