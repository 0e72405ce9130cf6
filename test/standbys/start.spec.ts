import { expect, it, onTestFinished } from 'vitest';
import { startService } from '../support/service.js';
import { hasServers, type PostgresServer, startCluster } from '../support/standbys.js';

type Refused = readonly [what: string, url: (other: PostgresServer) => string, sentence: string];

it.skipIf(!hasServers)('refuses to start with what is no standby of its database, and names it', async () => {
  const { primary, standbys } = await startCluster(1);
  const { primary: stranger, standbys: strange } = await startCluster(1, { apart: true });
  await primary.query('create database other');
  await primary.query('create schema elsewhere');
  const [standby] = standbys as [PostgresServer];
  const lsn = String((await primary.query('select pg_current_wal_flush_lsn() as lsn'))[0]!['lsn']);
  const replayed = async (): Promise<unknown> =>
    (await standby.query(`select pg_last_wal_replay_lsn() >= '${lsn}' as there`))[0]!['there'];
  await expect.poll(replayed, { timeout: 30_000, interval: 10 }).toBe(true);

  const refused: Refused[] = [
    ['the primary itself', () => primary.url, 'leads to no standby'],
    ['another server', () => stranger.url, 'leads to no standby'],
    ["another server's standby", () => strange[0]!.url, 'leads to a standby of another server'],
    ['another database', () => standby.url.replace(/postgres$/, 'other'), 'leads to another database'],
    ['another schema', () => `${standby.url}?schema=elsewhere`, 'leads to another schema'],
  ];
  for (const [what, url, sentence] of refused) {
    const settings = { databaseReadUrls: [standby.url, url(stranger)] };
    const starting = startService({ databaseUrl: primary.url, settings });
    await expect(starting, what).rejects.toThrow(`DATABASE_URL_READ's URL 2, at 127.0.0.1:`);
    await expect(starting, what).rejects.toThrow(sentence);
  }
});

it.skipIf(!hasServers)(
  'starts without a replica that is away, takes it once it is there, and leaves it when it is promoted',
  async () => {
    const { primary, standbys } = await startCluster(1);
    const [standby] = standbys as [PostgresServer];
    await standby.stop();
    const settings = { databaseReadUrls: [standby.url] };
    const service = await startService({ databaseUrl: primary.url, settings });
    onTestFinished(() => service.stop());
    const replicas = async (): Promise<unknown> => {
      const { status, replicas } = (await (await fetch(`${service.url}/health`)).json()) as Record<string, unknown>;
      return { status, replicas };
    };
    const metrics = async (): Promise<string> => (await fetch(`${service.url}/metrics`)).text();
    await expect.poll(replicas).toEqual({ status: 'degraded', replicas: [{ state: 'away', lagSeconds: null }] });
    expect(await metrics()).toContain('roomledger_replica_ok{replica="1"} 0');

    await standby.start();
    const lagSeconds = expect.any(Number) as number;
    await expect.poll(replicas, { timeout: 30_000 }).toEqual({ status: 'ok', replicas: [{ state: 'ok', lagSeconds }] });
    expect(await metrics()).toMatch(/roomledger_replica_lag_seconds\{replica="1"\} 0\.\d+/);
    expect(await metrics()).toContain('roomledger_replica_ok{replica="1"} 1');
    expect(JSON.stringify(await replicas())).not.toContain(new URL(standby.url).port);

    await standby.query('select pg_promote(false)');
    await expect
      .poll(replicas, { timeout: 30_000 })
      .toEqual({ status: 'degraded', replicas: [{ state: 'foreign', lagSeconds }] });
    const { data } = await service.query('{ viewer { lagSeconds } rooms { nodes { sid } } }');
    expect(data).toEqual({ viewer: { lagSeconds: 0 }, rooms: { nodes: [] } });
  },
);

it.skipIf(!hasServers)('does not ask a replica that had more of the last primary than the next one', async () => {
  const { primary, standbys } = await startCluster(2);
  const [next, ahead] = standbys as [PostgresServer, PostgresServer];
  await next.stop();
  await primary.query(`select pg_logical_emit_message(true, '', repeat('x', 1000000)) from generate_series(1, 60)`);
  const lsn = String((await primary.query('select pg_current_wal_flush_lsn() as lsn'))[0]!['lsn']);
  const replayed = async (): Promise<unknown> =>
    (await ahead.query(`select pg_last_wal_replay_lsn() >= '${lsn}' as there`))[0]!['there'];
  await expect.poll(replayed, { timeout: 30_000, interval: 10 }).toBe(true);
  await primary.stop();
  await next.start();
  await next.query('select pg_promote(false)');
  await expect.poll(async () => (await next.query('select pg_is_in_recovery() as still'))[0]!['still']).toBe(false);
  const settings = { databaseReadUrls: [ahead.url] };
  const service = await startService({ databaseUrl: next.url, settings });
  onTestFinished(() => service.stop());
  await expect.poll(() => service.database.replicas.all[0]!.state, { timeout: 30_000 }).toBe('foreign');
  const { data } = await service.query('{ viewer { lagSeconds } rooms { nodes { sid } } }');
  expect(data).toEqual({ viewer: { lagSeconds: 0 }, rooms: { nodes: [] } });
});

it.skipIf(!hasServers)('says which right it lacks where a database does not tell which one it is', async () => {
  const { primary, standbys } = await startCluster(1);
  await primary.query('create role plain login; grant create on schema public to plain');
  await primary.query('revoke execute on function pg_control_system() from public');
  const plain = (url: string): string => url.replace('roomledger@', 'plain@');
  const settings = { databaseReadUrls: standbys.map(({ url }) => plain(url)) };
  const starting = startService({ databaseUrl: plain(primary.url), settings });
  await expect(starting).rejects.toThrow('Grant its role EXECUTE on pg_control_system().');
});
