import { createInterface } from 'node:readline';
import { createClient } from 'graphql-ws';
import { expect, onTestFinished, test, vi } from 'vitest';
import { WebSocket } from 'ws';
import { past } from '../../src/cli/demo/calendar.js';
import { emptyFolder, usedFolder } from '../support/embedded.js';
import { type Ended, runProgram } from '../support/process.js';
import { Subscriber } from '../support/subscriber.js';

vi.setConfig({ testTimeout: 180_000 });

interface Demo {
  readonly live: Subscriber;
  readonly ask: <T>(query: string) => Promise<T>;
  /** Stops it as Ctrl+C does. */
  readonly stop: () => Promise<Ended>;
  readonly events: number;
}

/** Runs until its history is whole. */
async function runDemo(dataDir: string, ...args: string[]): Promise<Demo> {
  const { child, ended } = runProgram('cli/demo/main', { DATA_DIR: dataDir, PORT: '0' }, args);
  onTestFinished(() => void child.kill('SIGTERM'));
  const lines: string[] = [];
  const told = new Promise<number>((resolve, reject) => {
    createInterface(child.stdout!).on('line', (line) => {
      lines.push(line);
      const [, events] = /is told: (\d+) events/.exec(line) ?? [];
      if (events !== undefined) resolve(Number(events));
    });
    void ended.then(({ errors }) => reject(new Error(errors)));
  });
  const events = await told;
  const [, url, token] = /Sign in with (http:\S+)\/#token=(\S+)/.exec(lines.join('\n'))!;
  const authorization = `Bearer ${token!}`;
  const client = createClient({
    url: `${url!.replace('http', 'ws')}/graphql`,
    webSocketImpl: WebSocket,
    connectionParams: { authorization },
    retryAttempts: 0,
  });
  const live = new Subscriber(client, { query: 'subscription { webhookEvents { cursor node { id } } }' });
  onTestFinished(() => live.stop());
  const headers = { authorization, 'content-type': 'application/json' };
  const ask = async <T>(query: string): Promise<T> => {
    const answer = await fetch(`${url!}/graphql`, { method: 'POST', headers, body: JSON.stringify({ query }) });
    const { data, errors } = (await answer.json()) as { data: T; errors?: unknown };
    expect(errors).toBeUndefined();
    return data;
  };
  const stop = (): Promise<Ended> => {
    live.stop();
    child.kill('SIGINT');
    return ended;
  };
  return { live, ask, stop, events };
}

interface Counts {
  [list: string]: { totalCount: { value: number } };
}

const counted = (list: string, filter: string): string => `${list}(filter: { ${filter} }) { totalCount { value } }`;

const kinds = {
  people: counted('participants', 'kind: [STANDARD]'),
  phones: counted('participants', 'kind: [SIP], identity: { startsWith: "sip_+49" }'),
  agents: counted('participants', 'kind: [AGENT]'),
  agentJobs: counted('agentJobs', 'active: false'),
  streams: counted('ingressSessions', 'active: false'),
  composites: counted('egresses', 'type: [ROOM_COMPOSITE], active: false'),
  recordingsOfOne: counted('egresses', 'type: [PARTICIPANT], active: false'),
  lost: counted('participants', 'disconnectReason: ["CONNECTION_TIMEOUT"]'),
  neverToldToLeave: counted('participants', 'endSource: [CASCADED]'),
  aborted: counted('participants', 'state: [ABORTED]'),
  expired: counted('rooms', 'name: { eq: "field-test" }, endSource: [EXPIRED]'),
  ghosts: counted('rooms', 'name: { eq: "night-watch" }, active: true'),
  problems: counted('webhookEvents', 'projected: false'),
  openRooms: counted('rooms', 'active: true'),
};

const things = Object.entries(kinds)
  .map(([name, list]) => `${name}: ${list}`)
  .join(' ');

function usageOf(meter: string, fields: string): string {
  const [from, to] = [-6, 1].map((days) => new Date(Date.now() + days * 86_400_000).toISOString());
  return `{ usage(meter: ${meter}, from: "${from}", to: "${to}", groupBy: [{ roomMetadata: "tenant" }]) { ${fields} } }`;
}

const dropped = `{ participants(filter: { roomName: { eq: "consultation-4821" }, identity: { eq: "dr-weiss" } }) {
  nodes { joinedAt leftAt disconnectReason } } }`;

test('shows every kind of thing, goes on, and goes on again after it was stopped', async () => {
  const dataDir = emptyFolder();
  const first = await runDemo(dataDir, '--span', '4d');
  const counts = await first.ask<Counts>(`{ ${things} }`);
  expect(Object.keys(counts).filter((name) => counts[name]!.totalCount.value === 0)).toEqual([]);
  expect(counts['openRooms']!.totalCount.value).toBeGreaterThan(15);

  const { participants } = await first.ask<{ participants: { nodes: Record<string, string>[] } }>(dropped);
  const [back, gone] = participants.nodes;
  expect(gone).toMatchObject({ disconnectReason: 'CONNECTION_TIMEOUT' });
  expect(Math.round((Date.parse(back!['joinedAt']!) - Date.parse(gone!['leftAt']!)) / 1000)).toBeOneOf([36, 37]);

  const people = await first.ask<{ usage: { group: { value: string }[]; seconds: number }[] }>(
    usageOf('PARTICIPANT', 'seconds group { value }'),
  );
  const tenants = people.usage.filter(({ seconds }) => seconds > 3600).map(({ group }) => group[0]!.value);
  expect(tenants).toEqual(expect.arrayContaining(['acme', 'clinic-north', 'globex']));
  const recorded = await first.ask<{ usage: { bytes: number }[] }>(usageOf('EGRESS', 'bytes'));
  expect(Math.max(...recorded.usage.map(({ bytes }) => bytes))).toBeGreaterThan(1_000_000);

  await first.live.until(({ told }) => told.length > 0);
  expect(await first.stop()).toMatchObject({ code: 0, errors: '' });

  const again = await runDemo(dataDir);
  expect(again.events).toBeLessThan(first.events / 2);
  const after = await again.ask<Counts>(`{ ${things} }`);
  expect(after['openRooms']!.totalCount.value).toBeLessThan(30);
  expect(after['ghosts']!.totalCount.value).toBe(1);
  await again.live.until(({ told }) => told.length > 0);
  expect((await again.stop()).code).toBe(0);
});

test('begins again where its past was not told to the end', async () => {
  const dataDir = emptyFolder();
  const { child, ended } = runProgram('cli/demo/main', { DATA_DIR: dataDir, PORT: '0' }, ['--span', '60d']);
  for await (const line of createInterface(child.stdout!)) if (line.includes('Sign in')) child.kill('SIGINT');
  expect(await ended).toMatchObject({ code: 0, errors: '', output: expect.not.stringContaining('is told') });
  const again = await runDemo(dataDir, '--span', '1d');
  const counts = await again.ask<Counts>(`{ ${things} }`);
  expect(counts['expired']!.totalCount.value).toBe(1);
  expect((await again.stop()).code).toBe(0);
});

test('leaves a ledger alone that is not its own', async () => {
  const dataDir = await usedFolder();
  const { code, errors } = await runProgram('cli/demo/main', { DATA_DIR: dataDir, PORT: '0' }).ended;
  expect({ code, errors }).toEqual({
    code: 1,
    errors: `${dataDir} holds a ledger that is not a demo's. Set DATA_DIR to another folder.\n`,
  });
});

test('tells the same again for the same seed', () => {
  const to = Date.UTC(2026, 10, 30, 12);
  const story = (seed: number): unknown[] =>
    [...past(seed, { from: to - 2 * 86_400_000, to })].map(({ at, message }) => [at, message.body.event]);
  expect(story(3)).toEqual(story(3));
  expect(story(3)).not.toEqual(story(4));
});
