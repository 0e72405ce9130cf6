import { once } from 'node:events';
import { type IncomingMessage, request } from 'node:http';
import { text } from 'node:stream/consumers';
import pg from 'pg';
import { expect, it, onTestFinished } from 'vitest';
import { Database } from '../../src/database/database.js';
import { prepare } from '../../src/database/prepare.js';
import { LOG, piecesOf } from '../../src/log/months.js';
import { move } from '../../src/log/move.js';
import { dropOldMonths } from '../../src/log/retention.js';
import { arrived, at, commitAll, DAY, keeping } from '../support/log-months.js';
import { type Cluster, hasServers, type PostgresServer, startCluster } from '../support/standbys.js';
import { startOn } from '../support/states.js';
import { webhook } from '../support/subscriber.js';

const rows = 20_000;
const now = at('2026-05-10T12:00:00');

/** A log of months, the first of which holds many events. */
async function fill({ primary }: Cluster): Promise<void> {
  await prepare(primary.url);
  const year = piecesOf(at('2026-01-01T00:00:00') / 1000, at('2026-12-31T12:00:00') / 1000);
  await keeping(primary.url, (log) => move(log, LOG, year));
  const database = new Database(primary.url, 60_000);
  onTestFinished(() => database.onApplicationShutdown());
  const january = at('2026-01-03T10:00:00');
  const body = { event: 'room_started', room: { sid: 'RM_1', name: 'one', metadata: 'x'.repeat(1_000) } };
  await commitAll(database, [arrived({ ...body, id: 'EV_0', createdAt: String(january / 1000) }, january)]);
  await database.intake.query(
    `insert into webhook_event select (jsonb_populate_record(e, jsonb_build_object('id', 'EV_' || n,
      'seq', nextval('webhook_event_seq_seq')))).* from webhook_event e, generate_series(1, ${rows - 1}) n`,
  );
}

async function frequent({ standbys }: Cluster): Promise<void> {
  for (const standby of standbys) {
    await standby.query(`alter system set max_standby_streaming_delay = '50ms'`);
    await standby.query('select pg_reload_conf()');
  }
}

it.skipIf(!hasServers)('no month is dropped under an export that a replica answers', async () => {
  const cluster = await startCluster(1);
  await fill(cluster);
  await frequent(cluster);
  const service = await startOn(cluster);
  const drop = () => keeping(cluster.primary.url, (log) => dropOldMonths(log, { now, ageMs: 31 * DAY, store: null }));

  const headers = { authorization: `Bearer ${service.readToken()}` };
  const asked = request(`${service.url}/export/webhookEvents.jsonl`, { headers, agent: false }).end();
  const [answer] = (await once(asked, 'response')) as [IncomingMessage];
  expect(service.database.replicas.all[0]!.pool.totalCount).toBeGreaterThan(0);
  expect(await drop()).toEqual([]);
  expect((await text(answer)).trimEnd().split('\n')).toHaveLength(rows);
  await expect.poll(drop, { timeout: 30_000 }).not.toEqual([]);
  const { data } = await service.query('{ webhookEvents { nodes { id } } }');
  expect(data).toEqual({ webhookEvents: { nodes: [] } });
});

it.skipIf(!hasServers)(
  'a statement that a replica cancels for what it replays is asked again at the primary',
  async () => {
    const cluster = await startCluster(1);
    const service = await startOn(cluster);
    for (const id of ['EV_1', 'EV_2']) {
      await service.deliver(webhook('room_started', { id, room: { sid: `RM_${id}`, name: id } }));
    }
    await frequent(cluster);
    const { replicas } = service.database;
    const reading = service.ledger.readings.ofSocket({ project: 'default', roomName: null });
    const answer = reading.ask('select count(*)::int as rooms, pg_sleep(2) from room');
    await expect.poll(() => running(cluster.standbys[0]!)).toBe(1);
    await cluster.primary.query('delete from room');
    await cluster.primary.query('vacuum room');
    await expect.poll(() => replicas.askedAgain, { timeout: 30_000, interval: 5 }).toBe(1);
    expect((await answer)[0]).toMatchObject({ rooms: 0 });
    reading.stop();
  },
);

it.skipIf(!hasServers)('a question that waits for what a replica replays is asked again at the primary', async () => {
  const cluster = await startCluster(1);
  const service = await startOn(cluster, 60_000);
  const { replicas } = service.database;
  const locker = new pg.Client(cluster.primary.url);
  await locker.connect();
  onTestFinished(() => locker.end());
  await locker.query('begin');
  await locker.query('lock table room in access exclusive mode');
  // A commit takes the lock along to the replica.
  await cluster.primary.query('create table other ()');
  const locks = `select from pg_locks where mode = 'AccessExclusiveLock' and relation = 'room'::regclass`;
  await expect.poll(async () => (await cluster.standbys[0]!.query(locks)).length, { timeout: 30_000 }).toBe(1);
  const answer = service.query('{ rooms { nodes { sid } } }');
  await expect.poll(() => replicas.askedAgain, { timeout: 30_000, interval: 5 }).toBe(1);
  await locker.query('rollback');
  expect(await answer).toEqual({ data: { rooms: { nodes: [] } }, errors: undefined, status: 200 });
});

async function running(server: PostgresServer): Promise<number> {
  const sleeping = `select from pg_stat_activity where wait_event = 'PgSleep'`;
  return (await server.query(sleeping)).length;
}
