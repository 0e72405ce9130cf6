import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { rebuild } from '../../src/rebuild/rebuild.js';
import { askAll, expectRows } from '../support/answers.js';
import { type Arrived, commitBatches, type Row, tablesOf } from '../support/commits.js';
import { recordings, shuffled, type Expected, type Recording } from '../support/histories.js';
import { startService, type Service } from '../support/service.js';
import { dumpTables } from '../support/tables.js';

const all = recordings();

let now = 0;
let service: Service;

/** Each recording has a key, and so a project, of its own. */
beforeAll(async () => {
  const keys = new Map(all.map(({ name }) => [name, { secret: 'secret', project: name }]));
  service = await startService({ clock: { now: () => now }, settings: { keys } });
});
afterAll(() => service.stop());

describe.each(all)('recording $name', (recording) => {
  const { name: key, deliveries } = recording;
  const last = Math.max(...deliveries.map(({ receivedAt }) => receivedAt));
  const late = deliveries.map(({ body }) => ({ body, receivedAt: last }));
  let inOrder: Record<string, Row[]>;
  let answer: Expected;

  beforeAll(async () => {
    for (const { body, receivedAt } of deliveries) {
      now = receivedAt;
      await service.deliver(body, { key });
    }
    now = last + 60_000;
    inOrder = await tablesOf(service.database, key);
    answer = await askAll(service, await service.token({ roomList: true }, { key }));
  });

  it('is answered as expected, field by field', () => {
    expectRows(answer, recording.expected);
  });

  it('has every true end within the uncertainty of the stated one', () => {
    expect(endsOutside(answer, recording)).toEqual([]);
  });

  it('gives the same tables reversed, a few at once', async () => {
    const project = `${key}/reversed`;
    await commitBatches(service.database, project, { batches: cut([...late].reverse(), 4) });
    expect(await tablesOf(service.database, project)).toEqual(inOrder);
  });

  it('gives the same tables shuffled and doubled, by many writers at once', async () => {
    const project = `${key}/shuffled`;
    const batches = cut(shuffled([...late, ...late], late.length), 40);
    await commitBatches(service.database, project, { batches, together: true });
    expect(await tablesOf(service.database, project)).toEqual(inOrder);
  });
});

it('all of them, in every order, are rebuilt to the same tables', async () => {
  const live = await dumpTables(service.database);
  const { rows } = await service.database.queries.query<{ events: number }>(
    'select count(*)::int as events from webhook_event',
  );
  const distinct = all.map(({ deliveries }) => new Set(deliveries.map(({ body }) => body.toString())).size);
  expect(rows[0]!.events).toBe(3 * distinct.reduce((sum, size) => sum + size, 0));
  expect(await rebuild(service.database.url)).toBe(rows[0]!.events);
  expect(await dumpTables(service.database)).toEqual(live);
});

function cut(list: readonly Arrived[], size: number): Arrived[][] {
  return Array.from({ length: Math.ceil(list.length / size) }, (_, at) => list.slice(at * size, (at + 1) * size));
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
