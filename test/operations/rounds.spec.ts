import { afterAll, beforeAll, expect, test } from 'vitest';
import { LivekitServer } from '../support/livekit-server.js';
import { type Service, startService } from '../support/service.js';
import { ToyLivekit } from '../support/toy-livekit.js';

const began = Date.UTC(2026, 10, 24, 12);
const hidden = 'a-project-nobody-may-see';

let now = began;
let livekit: LivekitServer;
let service: Service;
const failing = new Set<string>(['ListEgress']);

beforeAll(async () => {
  const toy = new ToyLivekit();
  toy.rooms = [{ sid: 'RM_1', name: 'daily', createdAt: began - 60_000, people: [] }];
  toy.instead = ({ method }) => (failing.has(method) ? { status: 500, body: {} } : undefined);
  livekit = await LivekitServer.start(toy.answer);
  const livekitAccounts = new Map([[hidden, livekit.account]]);
  service = await startService({ clock: { now: () => now }, settings: { livekitAccounts } });
});
afterAll(async () => {
  await service.stop();
  await livekit.stop();
});

async function health(): Promise<{ status: string; reconcile: unknown }> {
  return (await fetch(`${service.url}/health`)).json() as Promise<{ status: string; reconcile: unknown }>;
}

async function metrics(): Promise<string> {
  return (await fetch(`${service.url}/metrics`)).text();
}

test('what the last round came to is told, and of no project by name', async () => {
  await expect.poll(async () => (await health()).reconcile).not.toBeNull();
  expect(await health()).toMatchObject({
    status: 'ok',
    reconcile: { endedAt: '2026-11-24T12:00:00.000Z', failed: ['egress'] },
  });
  const text = await metrics();
  expect(text).toContain('roomledger_findings_total{conclusion="reconciled"} 1\n');
  expect(text).toContain('roomledger_reconcile_failed_rounds_total{part="egress"} 1\n');
  expect(text).toContain('roomledger_reconcile_good_timestamp_seconds 0\n');
  expect(text + JSON.stringify(await health())).not.toMatch(new RegExp(`${hidden}|daily|RM_1`));
});

test('a round without a failure is good', async () => {
  failing.clear();
  now = began + 60_000;
  await service.ledger.upkeep.round();
  expect((await health()).reconcile).toEqual({ endedAt: '2026-11-24T12:01:00.000Z', failed: [] });
  const text = await metrics();
  expect(text).toContain(`roomledger_reconcile_good_timestamp_seconds ${now / 1000}\n`);
  expect(text).toContain('roomledger_reconcile_failed_rounds_total{part="egress"} 1\n');
});

test('a replica that does not lead tells of no round', async () => {
  const until = new Date(Date.now() + 3_600_000);
  await service.database.prisma.lease.updateMany({ data: { holder: 'another', until } });
  await expect.poll(async () => (await health()).reconcile, { timeout: 20_000 }).toBeNull();
});
