import { setTimeout as pause } from 'node:timers/promises';
import pg from 'pg';
import { afterAll, beforeAll, describe, expect, it, onTestFinished } from 'vitest';
import { record } from '../../harness/recorded.js';
import { played, postAll, startPosting } from '../support/load.js';
import { type Service, startService } from '../support/service.js';
import { begun, connect, events, settled, Subscriber, webhook } from '../support/subscriber.js';

let service: Service;
let replica: Service;
beforeAll(async () => {
  service = await startService();
  replica = await startService({ databaseUrl: service.settings.databaseUrl! });
});
afterAll(async () => {
  await replica.stop();
  await service.stop();
});

let count = 0;
/** Posts one, and answers its id. */
async function happen(to: Service = service, name = 'daily', key = 'devkey'): Promise<string> {
  const id = `EV_${count++}`;
  await to.deliver(webhook('room_started', { id, room: { sid: `RM_${id}`, name } }), { key });
  return id;
}

async function watch(after?: string, of: Service = service): Promise<Subscriber> {
  if (after === undefined) await settled(service);
  return new Subscriber(connect(of), { query: events, ...(after !== undefined && { variables: { after } }) });
}

/** Cursors of the newest events in the list, the newest first. */
async function listed(first: number): Promise<{ cursor: string; node: { id: string } }[]> {
  const { data } = await service.query<{ webhookEvents: { edges: { cursor: string; node: { id: string } }[] } }>(
    `{ webhookEvents(first: ${first}) { edges { cursor node { id } } } }`,
  );
  return data.webhookEvents.edges;
}

/** An event in a transaction that stays open until it is told to end. */
async function hold(id: string): Promise<() => Promise<void>> {
  const client = new pg.Client(service.settings.databaseUrl!);
  await client.connect();
  onTestFinished(() => client.end());
  await client.query('begin');
  await client.query(
    `insert into webhook_event (project, id, created_seconds, event, created_at, received_at, deliveries, projected, payload, epoch)
      select 'default', $1, 1, 'room_started', now(), now(), 1, true, '{}', epoch from log_epoch`,
    [id],
  );
  return async () => void (await client.query('commit'));
}

describe('a stream of events', () => {
  it('begins now, and tells each once, in the order of the log', async () => {
    await happen();
    const subscriber = await begun(service, await watch());
    const ids: string[] = [];
    for (let n = 0; n < 20; n++) ids.push(await happen());
    await subscriber.until(({ ids: told }) => told.length >= 20);
    expect(subscriber.ids).toEqual(ids);
  });

  it('tells within a second what another replica took', async () => {
    const subscriber = await begun(service, await watch());
    for (let n = 0; n < 5; n++) {
      const id = await happen(replica);
      const began = performance.now();
      await subscriber.until(({ ids }) => ids.includes(id));
      expect(performance.now() - began).toBeLessThan(1_000);
    }
  });

  it('shows only what matches its filter', async () => {
    const query = 'subscription { webhookEvents(filter: {roomName: {startsWith: "wanted-"}}) { node { id } } }';
    const subscriber = new Subscriber(connect(service), { query });
    const wanted: string[] = [];
    while (subscriber.told.length === 0) wanted.push(await happen(service, 'wanted-0'));
    await happen(service, 'unwanted');
    const last = await happen(service, 'wanted-1');
    await subscriber.until(({ ids }) => ids.at(-1) === last);
    expect([...wanted, last].join(' ')).toMatch(new RegExp(`${subscriber.ids.join(' ')}$`));
  });

  it('resumes after its own cursor, on any replica, and doubles nothing', async () => {
    const first = await begun(service, await watch());
    const seen = await happen();
    await first.until(({ ids }) => ids.includes(seen));
    first.stop();
    const missed = [await happen(), await happen(replica)];
    const again = await (await watch(first.cursor, replica)).until(({ ids }) => ids.length >= 2);
    expect(again.ids).toEqual(missed);
    const thrice = await (await watch(again.cursor)).until(({ end }) => end === null);
    const next = await happen();
    await thrice.until(({ ids }) => ids.length >= 1);
    expect(thrice.ids).toEqual([next]);
  });

  it('reads by itself what came long before, and then joins those who watch', async () => {
    const watching = await begun(service, await watch());
    const cursor = (await listed(1))[0]!.cursor;
    const bodies = played(350);
    await postAll(service, bodies);
    const ids = bodies.map((body) => (JSON.parse(body) as { id: string }).id).sort();
    await watching.until(({ ids: told }) => told.length >= 350);
    const late = await (await watch(cursor)).until(({ ids: told }) => told.length >= 350);
    expect(late.ids.toSorted()).toEqual(ids);
    const last = await happen();
    await Promise.all([watching, late].map((one) => one.until(({ ids: told }) => told.includes(last))));
    expect(late.ids).toEqual(watching.ids);
  });

  it('outlives its service', async () => {
    const other = await startService({ databaseUrl: service.settings.databaseUrl! });
    const subscriber = await begun(other, await watch(undefined, other));
    const { cursor } = subscriber;
    await other.stop();
    await subscriber.until(({ end }) => end !== null);
    expect(subscriber.end).toMatchObject({ code: 1012, reason: expect.stringMatching(/^RESTART/) });
    const id = await happen();
    const again = await (await watch(cursor)).until(({ ids }) => ids.includes(id));
    expect(again.ids).toEqual([id]);
  });

  it('misses and doubles nothing while subscribers come and go', async () => {
    const bodies = played(600);
    const other = await startService();
    onTestFinished(() => other.stop());
    const token = await other.token({ roomList: true });
    const first = await begun(other, new Subscriber(connect(other), { query: events }));
    const start = first.cursor;
    const wanted = new Set(bodies.map((body) => (JSON.parse(body) as { id: string }).id));
    const posting = startPosting(other, bodies);
    const told = await Promise.all(
      Array.from({ length: 6 }, async () => {
        const ids: string[] = [];
        for (let after = start; posting.underWay() || ids.length < wanted.size;) {
          const client = connect(other, { token });
          const one = new Subscriber(client, { query: events, variables: { after } });
          await one.until((now) => now.told.length >= 20 || ids.length + now.ids.length >= wanted.size);
          one.stop();
          ids.push(...one.ids);
          after = one.cursor;
          await client.dispose();
        }
        return ids;
      }),
    );
    await posting.all;
    await first.until(({ ids }) => ids.length >= wanted.size);
    for (const ids of told) expect(ids).toEqual(first.ids);
    expect(new Set(first.ids)).toEqual(wanted);
    expect(first.ids).toHaveLength(wanted.size);
  });
});

describe('what many subscribe to', () => {
  it('is read once for all who ask the same, and not at all where it concerns other rooms', async () => {
    const other = await startService();
    onTestFinished(() => other.stop());
    const same = Array.from({ length: 30 }, () => new Subscriber(connect(other), { query: events }));
    const token = other.readToken('elsewhere');
    const elsewhere = Array.from({ length: 10 }, () => new Subscriber(connect(other, { token }), { query: events }));
    for (const one of same) await begun(other, one);
    const start = same[0]!.cursor;
    await Promise.all(same.map((one) => one.until(({ cursor }) => cursor === start)));
    const sent = record(other.database.queries);
    const id = await happen(other);
    await Promise.all(same.map((one) => one.until(({ ids }) => ids.includes(id))));
    // Once more where somebody else's transaction held the stream back for a moment.
    expect(sent.filter(({ text }) => text.includes('from webhook_event')).length).toBeLessThanOrEqual(2);
    expect(elsewhere.map(({ told }) => told.length)).toEqual(elsewhere.map(() => 0));
  });
});

describe('a transaction that is held open', () => {
  it('holds back what was committed later, until it ends', async () => {
    const subscriber = await begun(service, await watch());
    const { heldSeconds } = service.ledger.tail;
    expect(heldSeconds).toBeLessThan(1);
    const release = await hold('EV_held1');
    const later = [await happen(), await happen(replica)];
    while (service.ledger.tail.heldSeconds < 0.5) await pause(20);
    expect(subscriber.ids).toEqual([]);
    expect(await (await fetch(`${service.url}/metrics`)).text()).toMatch(/^roomledger_streams_held_seconds 0\.[5-9]/m);
    await release();
    await subscriber.until(({ ids }) => ids.length >= 3);
    expect(subscriber.ids).toEqual(['EV_held1', ...later]);
  });

  it("is not missed by who resumes from a list's cursor", async () => {
    const release = await hold('EV_held2');
    const later = await happen();
    const edges = await listed(3);
    expect(edges[0]!.node.id).toBe(later);
    const [newest, older] = await Promise.all([watch(edges[0]!.cursor), watch(edges[2]!.cursor)]);
    await release();
    await Promise.all([newest, older].map((one) => one.until(({ ids }) => ids.includes(later))));
    expect(newest.ids).toEqual(['EV_held2', later]);
    expect(older.ids.slice(-2)).toEqual(['EV_held2', later]);
  });
});

describe('a cursor is refused', () => {
  const ofRooms = Buffer.from('["Query.rooms","STARTED_AT","DESC","2026-11-24T00:00:00.000Z","RM_1","a"]');
  it.each(['', 'nonsense', 'e30', ofRooms.toString('base64url')])('that is not one of events: %s', async (after) => {
    const { end } = await (await watch(after)).until((one) => one.end !== null);
    expect(end).toMatchObject([{ extensions: { code: 'BAD_USER_INPUT' } }]);
  });
});
