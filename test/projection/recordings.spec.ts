import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { rebuild } from '../../src/rebuild/rebuild.js';
import { askAll, expectRows } from '../support/answers.js';
import { recordings, shuffled, type Delivery, type Expected, type Recording } from '../support/histories.js';
import { startService, type Service } from '../support/service.js';
import { dumpTables, emptyDatabase } from '../support/tables.js';

let now = 0;
let service: Service;
let token: string;

beforeAll(async () => {
  service = await startService({ clock: { now: () => now } });
});
afterAll(() => service.stop());

describe.each(recordings())('recording $name', (recording) => {
  const { deliveries } = recording;
  let inOrder: Record<string, string[]>;
  let answer: Expected;

  beforeAll(async () => {
    await emptyDatabase(service.database);
    for (const delivery of deliveries) await post(delivery);
    now = lastArrival(deliveries) + 60_000;
    token = await service.token({ roomList: true });
    inOrder = await dumpTables(service.database);
    answer = await askAll(service, token);
  });

  it('is answered as expected, field by field', () => {
    expectRows(answer, recording.expected);
  });

  it('has every true end within the uncertainty of the stated one', () => {
    expect(endsOutside(answer, recording)).toEqual([]);
  });

  it('gives the same tables reversed, a few at once', async () => {
    await emptyDatabase(service.database);
    await postTogether([...deliveries].reverse(), 4);
    expect(await dumpTables(service.database)).toEqual(inOrder);
  });

  it('gives the same tables shuffled and doubled, many at once, and rebuilt', async () => {
    await emptyDatabase(service.database);
    const all = shuffled([...deliveries, ...deliveries], deliveries.length);
    await postTogether(all, 40);
    expect(await dumpTables(service.database)).toEqual(inOrder);
    expect(await rebuild(service.database.url)).toBe(new Set(deliveries.map(({ body }) => body.toString())).size);
    expect(await dumpTables(service.database)).toEqual(inOrder);
  });
});

async function post({ body, receivedAt }: Delivery): Promise<void> {
  now = receivedAt;
  expect((await service.post(body)).status).toBe(200);
}

/** Posts so many at once, at the time of the last arrival. */
async function postTogether(deliveries: readonly Delivery[], size: number): Promise<void> {
  now = lastArrival(deliveries);
  for (let at = 0; at < deliveries.length; at += size) {
    const answers = await Promise.all(deliveries.slice(at, at + size).map(({ body }) => service.post(body)));
    expect(answers.every(({ status }) => status === 200)).toBe(true);
  }
}

function lastArrival(deliveries: readonly Delivery[]): number {
  return Math.max(...deliveries.map(({ receivedAt }) => receivedAt));
}

/** Clients that were connected, whose true end the stated interval misses. */
function endsOutside({ participants }: Expected, { clients }: Recording): unknown[] {
  const bySid = new Map(participants.map((participant) => [participant.id, participant]));
  return clients.filter(({ sid, connectedAt, endedAt }) => {
    const row = bySid.get(sid ?? '');
    if (!connectedAt || !endedAt || !row?.['leftAt']) return false;
    const off = Math.abs(endedAt - Date.parse(row['leftAt'] as string));
    return off > (row['endUncertaintySeconds'] as number) * 1000;
  });
}
