import { readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';

const fixtures = join(import.meta.dirname, '..', 'fixtures');

/** An accepted delivery of a recording. */
export interface Delivery {
  body: Buffer;
  receivedAt: number;
}

export type ExpectedRow = { id: string } & Record<string, unknown>;

/** Rows by the names of the API's lists. */
export type Expected = Record<List, ExpectedRow[]>;

export const lists = ['rooms', 'participants', 'tracks', 'egresses', 'ingressSessions', 'agentJobs'] as const;
export type List = (typeof lists)[number];

export interface Recording {
  name: string;
  deliveries: Delivery[];
  expected: Expected;
  clients: Client[];
}

export interface Client {
  sid?: string;
  connectedAt?: number | null;
  endedAt?: number | null;
}

export interface Vector {
  name: string;
  events: ({ id: string } & Record<string, unknown>)[];
  problems: string[];
  expected: Expected;
}

interface Line {
  status: number | null;
  receivedAt: number;
  body: string;
  bodyBase64?: string;
}

export function recordings(): Recording[] {
  return readdirSync(join(fixtures, 'recordings')).map((name) => ({
    name,
    deliveries: read(`recordings/${name}/webhooks.jsonl`)
      .trim()
      .split('\n')
      .map((line) => JSON.parse(line) as Line)
      .filter(({ status }) => status !== null && status >= 200 && status < 300)
      .map(({ body, bodyBase64, receivedAt }) => ({
        body: bodyBase64 ? Buffer.from(bodyBase64, 'base64') : Buffer.from(body),
        receivedAt,
      })),
    expected: JSON.parse(read(`recordings/${name}/expected.json`)) as Expected,
    clients: (JSON.parse(read(`recordings/${name}/facts.json`)) as { clients: Client[] }).clients,
  }));
}

export function vectors(): Vector[] {
  const files = readdirSync(join(fixtures, 'vectors')).filter((file) => file.endsWith('.json'));
  return files.map((file) => {
    const { events, problems, ...expected } = JSON.parse(read(`vectors/${file}`)) as Vector & Expected;
    return { name: file.replace('.json', ''), events, problems, expected };
  });
}

function read(file: string): string {
  return readFileSync(join(fixtures, file), 'utf8');
}

/** A shuffle that is the same on every run. */
export function shuffled<T>(list: readonly T[], seed: number): T[] {
  const result = [...list];
  let state = seed >>> 0;
  for (let at = result.length - 1; at > 0; at--) {
    state = (Math.imul(state, 1664525) + 1013904223) >>> 0;
    const other = state % (at + 1);
    [result[at], result[other]] = [result[other] as T, result[at] as T];
  }
  return result;
}
