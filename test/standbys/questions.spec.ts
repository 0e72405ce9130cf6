import { expect, it } from 'vitest';
import { Counter } from '../support/counter.js';
import { type PostgresServer, startCluster } from '../support/standbys.js';
import { startOn, states } from '../support/states.js';
import { begun, connect, Subscriber, webhook } from '../support/subscriber.js';

const MAX_LAG_MS = 1_000;

it('no question fails while one replica dies and another lags, and no answer is older than promised', async () => {
  const cluster = await startCluster(2);
  const [first, second] = cluster.standbys as [PostgresServer, PostgresServer];
  const service = await startOn(cluster);
  const counter = await new Counter(service, MAX_LAG_MS).begin();
  await counter.rounds(100);
  expect(counter.answers.every(({ lag }) => lag > 0 && lag <= 1)).toBe(true);

  await first.kill();
  await states(service, 0, 'away');
  await counter.rounds(100);
  await second.query('select pg_wal_replay_pause()');
  await states(service, 1, 'late');
  const before = counter.answers.length;
  await counter.rounds(100);
  // Those under way have been answered.
  expect(counter.answers.slice(before + 8).every(({ lag }) => lag === 0)).toBe(true);

  await first.start();
  await states(service, 0, 'ok');
  await second.query('select pg_wal_replay_resume()');
  await states(service, 1, 'ok');
  await counter.rounds(100);
  first.freeze();
  await states(service, 0, 'away');
  await counter.rounds(100);
  first.thaw();
  await states(service, 0, 'ok');
  await first.stop();
  await counter.rounds(100);
  await counter.end();
  expect(counter.failures).toEqual([]);
  expect(counter.tooOld).toEqual([]);
});

it('what a webhook told can be asked for within a second', async () => {
  const service = await startOn(await startCluster(2));
  const took: number[] = [];
  for (let at = 0; at < 50; at++) {
    await service.deliver(webhook('room_started', { id: `EV_${at}`, room: { sid: `RM_${at}`, name: `room-${at}` } }));
    const answeredAt = performance.now();
    const query = `{ viewer { lagSeconds } room(sid: "RM_${at}") { sid } }`;
    for (let found = false; !found;) {
      const { data } = await service.query<{ viewer: { lagSeconds: number }; room: object | null }>(query);
      expect(data.viewer.lagSeconds).toBeGreaterThan(0);
      found = data.room !== null;
    }
    took.push(performance.now() - answeredAt);
  }
  expect(Math.max(...took)).toBeLessThan(1_000);
});

it('a replica is not late because nobody writes', async () => {
  const cluster = await startCluster(1);
  const service = await startOn(cluster);
  await cluster.primary.query('checkpoint');
  const replica = service.database.replicas.all[0]!;
  const until = performance.now() + 3_000;
  let most = 0;
  await expect
    .poll(() => ((most = Math.max(most, replica.lagMs)), performance.now() > until), { timeout: 10_000, interval: 10 })
    .toBe(true);
  expect(most).toBeLessThan(MAX_LAG_MS);
});

it('who is told an event can ask for it at once, however replicas differ', async () => {
  const cluster = await startCluster(2);
  const service = await startOn(cluster, 5_000);
  for (const [at, standby] of cluster.standbys.entries()) {
    await standby.query(`alter system set recovery_min_apply_delay = '${at * 400 + 200}ms'`);
    await standby.query('select pg_reload_conf()');
  }
  const client = connect(service);
  const query = 'subscription { webhookEvents { node { id } } }';
  const subscriber = await begun(service, new Subscriber(client, { query }));
  for (let at = 0; at < 10; at++) {
    const room = { sid: `RM_told${at}`, name: 'told' };
    await service.deliver(webhook('room_started', { id: `EV_told${at}`, room }));
    await subscriber.until(({ ids }) => ids.includes(`EV_told${at}`));
    const asked = await Promise.all(
      [1, 2, 3, 4].map(() =>
        service.query<{ viewer: { lagSeconds: number }; room: object | null }>(
          `{ viewer { lagSeconds } room(sid: "RM_told${at}") { sid } }`,
        ),
      ),
    );
    for (const { data } of asked) {
      expect(data.room).toEqual({ sid: `RM_told${at}` });
      expect(data.viewer.lagSeconds).toBeGreaterThan(0);
    }
  }
});
