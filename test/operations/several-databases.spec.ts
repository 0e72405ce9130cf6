import pg from 'pg';
import { describe, expect, it, onTestFinished } from 'vitest';
import type { Database } from '../../src/database/database.js';
import { MIGRATION_LOCK } from '../../src/database/locks/advisory-locks.js';
import { Ledgers } from '../../src/ledgers/ledgers.service.js';
import { createDatabase } from '../support/database.js';
import { hasten } from '../support/hasten.js';
import { played } from '../support/load.js';
import { runProgram, runService } from '../support/process.js';
import type { Proxy } from '../support/proxy.js';
import { type Service, type ServiceOptions, startService } from '../support/service.js';
import { openWay, spoolFolder } from '../support/spooling.js';
import { begun, connect, events, open, Subscriber } from '../support/subscriber.js';
import { dumpTables } from '../support/tables.js';

const acme = { key: 'acmekey' };
const rooms = '{ viewer { project } rooms(first: 100) { nodes { name } } }';

interface Rooms {
  readonly viewer: { readonly project: string };
  readonly rooms: { readonly nodes: readonly { readonly name: string }[] };
}

async function start(options?: ServiceOptions): Promise<Service> {
  const service = await startService(options);
  onTestFinished(() => service.stop());
  return service;
}

/** Of the projects `default` and `acme`, the second on a database of its own, to which there is a way. */
async function startTwo(options: Partial<ServiceOptions['settings']> = {}): Promise<{ service: Service; way: Proxy }> {
  const { proxy } = await openWay();
  const ownDatabases = new Map([['acme', { url: proxy.url, readUrls: [] }]]);
  return { service: await start({ settings: { ownDatabases, ...options } }), way: proxy };
}

async function deliver(service: Service, bodies: readonly string[], key = 'devkey'): Promise<void> {
  for (const body of bodies) await service.deliver(body, { key });
}

function tokenOfAcme(service: Service): string {
  return service.sign({ roomledger: { read: true } }, acme);
}

function acmeOf({ app }: Service) {
  return app.get(Ledgers, { strict: false }).of('acme').database;
}

interface Health {
  readonly status: string;
  readonly databases: readonly { database: string; status: string; intake: string; spool: { entries: number } }[];
}

async function healthOf({ url }: Service): Promise<readonly [number, Health]> {
  const response = await fetch(`${url}/health`);
  return [response.status, (await response.json()) as Health];
}

async function statusesOf(service: Service): Promise<string> {
  const [code, { status, databases }] = await healthOf(service);
  return [code, status, ...databases.map((one) => `${one.database}=${one.status}`)].join(' ');
}

async function metric(service: Service, name: string): Promise<string[]> {
  const text = await (await fetch(`${service.url}/metrics`)).text();
  return text.split('\n').filter((line) => line.startsWith(`roomledger_${name}`));
}

const ids = (bodies: readonly string[]): string[] =>
  bodies.map((body) => (JSON.parse(body) as { id: string }).id).sort();

async function idsIn({ queries }: Database): Promise<string[]> {
  const { rows } = await queries.query<{ id: string }>('select id from webhook_event order by id');
  return rows.map(({ id }) => id);
}

async function namesIn(exported: Response): Promise<string[]> {
  const lines = (await exported.text()).trim().split('\n');
  return lines.map((line) => (JSON.parse(line) as { name: string }).name).sort();
}

describe('a project with a database of its own', () => {
  it('has the rows that a service for it alone would have', async () => {
    const bodies = played(150);
    const [{ service }, alone] = await Promise.all([startTwo(), start()]);
    await deliver(service, bodies, 'acmekey');
    await deliver(alone, bodies, 'acmekey');
    const rows = await dumpTables(acmeOf(service));
    expect(rows['room']).not.toEqual([]);
    expect(rows).toEqual(await dumpTables(alone.database));
    expect((await dumpTables(service.database))['room']).toEqual([]);
  });

  it('is asked by GraphQL, sockets, exports, downloads and the API of the cloud, by its token', async () => {
    const { service } = await startTwo();
    const started = (name: string): string =>
      JSON.stringify({
        event: 'room_started',
        id: `EV_${name}`,
        createdAt: '1795000000',
        room: { sid: `RM_${name}`, name },
      });
    await deliver(service, ['one', 'two'].map(started));
    await deliver(service, ['three', 'four'].map(started), 'acmekey');
    for (const [project, token, expected] of [
      ['default', service.readToken(), ['one', 'two']],
      ['acme', tokenOfAcme(service), ['four', 'three']],
    ] as const) {
      const { data } = await service.query<Rooms>(rooms, {}, token);
      expect(data.viewer.project).toBe(project);
      expect(data.rooms.nodes.map(({ name }) => name).sort()).toEqual(expected);

      const headers = { authorization: `Bearer ${token}` };
      const file = `${service.url}/export/rooms.jsonl`;
      expect(await namesIn(await fetch(file, { headers }))).toEqual(expected);
      const { url } = (await (await fetch(file, { method: 'POST', headers })).json()) as { url: string };
      expect(await namesIn(await fetch(`${service.url}/export/${url}`))).toEqual(expected);

      const cloud = await fetch(`${service.url}/api/project/${project}/sessions?limit=100`, { headers });
      const { sessions } = (await cloud.json()) as { sessions: { roomName: string }[] };
      expect(sessions.map(({ roomName }) => roomName).sort()).toEqual(expected);
    }
  });

  it('is told by a socket what happens in it, and nothing of others', async () => {
    const { service } = await startTwo();
    const own = new Subscriber(connect(service, { token: tokenOfAcme(service) }), { query: events });
    const other = new Subscriber(connect(service), { query: events });
    await begun(service, own, 'acmekey');
    await begun(service, other);
    const bodies = played(20);
    await deliver(service, bodies, 'acmekey');
    await own.until(({ ids }) => ids.length === bodies.length);
    await begun(service, other);
    expect(other.ids).toEqual([]);
  });
});

describe('while the database of one project is away', () => {
  it('its events wait in a spool of their own, and others notice nothing', async () => {
    const { service, way } = await startTwo({ spoolDir: spoolFolder() });
    const alone = await start();
    const bodies = played(120);
    await deliver(service, bodies.slice(0, 60), 'acmekey');
    await way.cut();
    await Promise.all([deliver(service, bodies.slice(60), 'acmekey'), deliver(service, bodies)]);
    expect((await service.query<Rooms>(rooms)).data.rooms.nodes).not.toEqual([]);
    const refused = await service.query(rooms, {}, tokenOfAcme(service));
    expect(refused.errors![0]!.extensions.code).toBe('UNAVAILABLE');

    const [code, { status, databases }] = await healthOf(service);
    expect([code, status]).toEqual([200, 'degraded']);
    expect(databases).toMatchObject([
      { database: 'shared', status: 'ok', intake: 'committing', spool: { entries: 0 } },
      { database: '1', status: 'degraded', intake: 'spooling', spool: { entries: 60 } },
    ]);
    expect(await metric(service, 'spool_entries')).toEqual([
      'roomledger_spool_entries{database="shared"} 0',
      'roomledger_spool_entries{database="1"} 60',
    ]);
    expect(await metric(service, 'database_away')).toEqual([
      'roomledger_database_away{database="shared"} 0',
      'roomledger_database_away{database="1"} 1',
    ]);

    await way.open();
    await expect.poll(() => statusesOf(service)).toBe('200 ok shared=ok 1=ok');
    await deliver(alone, bodies, 'acmekey');
    await expect.poll(() => dumpTables(acmeOf(service))).toEqual(await dumpTables(alone.database));
  });

  it('events that wait follow their project to a database of its own, and back', async () => {
    const { proxy: way, direct } = await openWay();
    const spoolDir = spoolFolder();
    const [first, second, third] = played(3) as [string, string, string];
    const cut = await startService({ databaseUrl: way.url, settings: { spoolDir } });
    await way.cut();
    await cut.deliver(first);
    await cut.deliver(second, acme);
    await cut.stop();
    await way.open();

    const { proxy: ownWay } = await openWay();
    const ownDatabases = new Map([['acme', { url: ownWay.url, readUrls: [] }]]);
    const apart = await startService({ databaseUrl: direct, settings: { ownDatabases, spoolDir } });
    await expect.poll(() => idsIn(acmeOf(apart))).toEqual(ids([second]));
    await expect.poll(() => idsIn(apart.database)).toEqual(ids([first]));
    await ownWay.cut();
    await apart.deliver(third, acme);
    await apart.stop();

    const together = await start({ databaseUrl: direct, settings: { spoolDir } });
    await expect.poll(() => idsIn(together.database)).toEqual(ids([first, third]));
  });

  it('the service starts without it, refuses what is of it so that LiveKit repeats it, and uses it once it is back', async () => {
    const { proxy: way } = await openWay();
    await way.cut();
    const ownDatabases = new Map([['acme', { url: way.url, readUrls: [] }]]);
    const service = await start({ settings: { ownDatabases } });
    const [body] = played(1);
    await service.deliver(body!);
    const webhook = await service.post(body!, acme);
    expect([webhook.status, await webhook.json()]).toEqual([503, expect.objectContaining({ code: 'UNAVAILABLE' })]);
    const { status, errors } = await service.query(rooms, {}, tokenOfAcme(service));
    expect([status, errors![0]!.extensions.code]).toEqual([503, 'UNAVAILABLE']);
    const headers = { authorization: `Bearer ${tokenOfAcme(service)}` };
    expect((await fetch(`${service.url}/export/rooms.csv`, { headers })).status).toBe(503);
    const { messages, send } = open(service);
    const ask = (id: string) => send({ id, type: 'subscribe', payload: { query: rooms } });
    await send({ type: 'connection_init', payload: headers });
    await expect.poll(() => messages.map(({ type }) => type)).toEqual(['connection_ack']);
    await ask('1');
    const unavailable = { id: '1', type: 'error', payload: [{ extensions: { code: 'UNAVAILABLE' } }] };
    await expect.poll(() => messages[1]).toMatchObject(unavailable);
    expect(await statusesOf(service)).toBe('200 degraded shared=ok 1=unavailable');

    await way.open();
    await expect.poll(() => statusesOf(service)).toBe('200 ok shared=ok 1=ok');
    await service.deliver(body!, acme);
    expect((await service.query<Rooms>(rooms, {}, tokenOfAcme(service))).data.rooms.nodes).toHaveLength(1);
    await ask('2');
    await expect.poll(() => messages[2]).toMatchObject({ id: '2', type: 'next' });
  });

  it('the service does not wait for one that is migrated elsewhere, neither to start nor to stop', async () => {
    hasten(10);
    const own = await createDatabase();
    const migrating = new pg.Client(own.url);
    await migrating.connect();
    onTestFinished(() => migrating.end().then(() => own.drop()));
    await migrating.query('select pg_advisory_lock($1)', [MIGRATION_LOCK]);
    const ownDatabases = new Map([['acme', { url: own.url, readUrls: [] }]]);
    const [service, other] = await Promise.all([
      start({ settings: { ownDatabases } }),
      startService({ settings: { ownDatabases } }),
    ]);
    await other.stop();
    await deliver(service, played(1));
    expect(await statusesOf(service)).toBe('200 degraded shared=ok 1=unavailable');
    await migrating.query('select pg_advisory_unlock_all()');
    await expect.poll(() => statusesOf(service)).toBe('200 ok shared=ok 1=ok');
    await deliver(service, played(1), 'acmekey');
  });

  it('probes are answered before Kubernetes ends the process', async () => {
    hasten(4);
    const { service, way } = await startTwo();
    expect(await statusesOf(service)).toBe('200 ok shared=ok 1=ok');
    way.stall();
    const began = performance.now();
    expect(await statusesOf(service)).toBe('200 ok shared=ok 1=ok');
    expect(performance.now() - began).toBeLessThan(1_000);
    await expect.poll(() => statusesOf(service), { timeout: 10_000 }).toBe('200 degraded shared=ok 1=unavailable');
  });

  it('the service stops, whether or not it has ever used it', async () => {
    const { proxy: way } = await openWay();
    await way.cut();
    const { proxy: later } = await openWay();
    const ownDatabases = new Map([['acme', { url: way.url, readUrls: [] }]]);
    const never = await startService({ settings: { ownDatabases } });
    await never.stop();
    const once = await startService({
      settings: { ownDatabases: new Map([['acme', { url: later.url, readUrls: [] }]]) },
    });
    await later.cut();
    await once.stop();
    await expect(fetch(once.url)).rejects.toThrow('fetch failed');
  });
});

describe('settings and commands', () => {
  const keys = 'devkey: secret, acmekey@acme: acme-secret';

  async function databases(): Promise<{ shared: string; own: string }> {
    const [shared, own] = await Promise.all([createDatabase(), createDatabase()]);
    onTestFinished(() => Promise.all([shared.drop(), own.drop()]).then(() => undefined));
    return { shared: shared.url, own: own.url };
  }

  it('a service none of whose databases can be used does not start', async () => {
    const { code, errors } = await runService({
      LIVEKIT_KEYS: keys,
      DATABASE_URL: 'postgresql://127.0.0.1:1/shared',
      DATABASE_URLS: 'acme=postgresql://127.0.0.1:1/acme',
    }).ended;
    expect([code, errors]).toEqual([1, expect.stringMatching(/^No connection to the database at 127\.0\.0\.1:1/)]);
  });

  it('commands take every database, or the one of a project', async () => {
    const { shared, own } = await databases();
    const env = { LIVEKIT_KEYS: keys, DATABASE_URL: shared, DATABASE_URLS: `acme=${own}` };
    const ownDatabases = new Map([['acme', { url: own, readUrls: [] }]]);
    const service = await start({ databaseUrl: shared, settings: { ownDatabases } });
    const now = String(Math.floor(Date.now() / 1000));
    const started = (sid: string): string =>
      JSON.stringify({ event: 'room_started', id: `EV_${sid}`, createdAt: now, room: { sid, name: 'one' } });
    await deliver(service, [started('RM_1')], 'acmekey');
    await deliver(service, [started('RM_2'), started('RM_3')]);

    const verified = await runProgram('cli/verify', env).ended;
    expect(verified.code, verified.errors).toBe(0);
    const counts = [...verified.output.matchAll(/Projected (\d+) events/g)].map(([, count]) => Number(count));
    expect(counts).toEqual([2, 1]);
    const away = await runProgram('cli/verify', { ...env, DATABASE_URL: 'postgresql://127.0.0.1:1/shared' }).ended;
    expect([away.code, away.output]).toEqual([2, expect.stringContaining('Projected 1 events again')]);
    const one = await runProgram('cli/rebuild', env, ['--project', 'acme']).ended;
    expect([one.code, one.output]).toEqual([0, expect.stringContaining('Projected 1 events again')]);
    const wrong = await runProgram('cli/rebuild', env, ['--project', 'default']).ended;
    expect(wrong).toMatchObject({
      code: 1,
      errors: 'The project "default" has no database of its own: leave out --project.\n',
    });

    const by = ['--by', 'ann', '--reason', 'it ended', '--at', new Date().toISOString()];
    const closed = await runProgram('cli/close', env, ['RM_1', ...by, '--project', 'acme']).ended;
    expect(closed, closed.errors).toMatchObject({ code: 0 });
    const ended = '{ rooms(first: 10) { nodes { endedAt } } }';
    const { data } = await service.query<{ rooms: { nodes: { endedAt: string | null }[] } }>(
      ended,
      {},
      tokenOfAcme(service),
    );
    expect(data.rooms.nodes).toEqual([{ endedAt: expect.any(String) }]);
  });
});
