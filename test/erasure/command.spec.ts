import { afterAll, beforeAll, expect, it, onTestFinished } from 'vitest';
import { commitEvents } from '../../harness/commit-events.js';
import { Database } from '../../src/database/database.js';
import { readEvent } from '../../src/livekit/event.js';
import { verify } from '../../src/rebuild/verify.js';
import { createDatabase } from '../support/database.js';
import { type Ended, type Program, runProgram, runService } from '../support/process.js';
import { type Service, startService } from '../support/service.js';
import { bytesIn, openWay, spoolFolder, untilDrained } from '../support/spooling.js';

const erasureKey = 'a key of at least thirty-two characters';
const keys = { LIVEKIT_API_KEY: 'devkey', LIVEKIT_API_SECRET: 'secret', ERASURE_KEY: erasureKey };
const ada = { identity: 'ada@example.org', name: 'Ada Lovelace' };

let service: Service;
beforeAll(async () => {
  service = await startService({ settings: { erasureKey } });
  for (const room of [1, 2]) await service.deliver(JSON.stringify(joined(room)));
});
afterAll(() => service.stop());

const now = Math.floor(Date.now() / 1000);
function joined(room: number): object {
  const participant = { sid: `PA_${room}`, joinedAt: String(now - 600), ...ada };
  const named = { sid: `RM_${room}`, name: `room ${room} of ada@example.org` };
  return { event: 'participant_joined', id: `EV_${room}`, createdAt: String(now - 600), room: named, participant };
}

function run(args: readonly string[], changed: object = {}): Promise<Ended> {
  return start(service.database.url, args, changed).ended;
}

function start(url: string, args: readonly string[], changed: object = {}): Program {
  return runProgram('cli/erase', { DATABASE_URL: url, ...keys, ...changed }, args);
}

async function isHeld(database: Database, text: string): Promise<boolean> {
  const { rows } = await database.queries.query<{ held: boolean }>(
    `select exists (select from webhook_event e where to_json(e)::text like $1)
      or exists (select from participant p where to_json(p)::text like $1) as held`,
    [`%${text}%`],
  );
  return rows[0]!.held;
}

it('says what is missing, and changes nothing', async () => {
  for (const [args, changed, message] of [
    [['--identity', 'ada@example.org'], {}, 'Say --by whom.'],
    [['--by', 'dpo'], {}, 'Name a person, by --identity or by --attribute.'],
    [['--by', 'dpo', '--identity', ''], {}, 'Name a person, by --identity or by --attribute.'],
    [['--by', 'dpo', '--attribute', 'plan'], {}, 'Write --attribute as name=value, such as plan=pro.'],
    [['--by', 'dpo', '--identity', 'ada@example.org'], { ERASURE_KEY: '' }, 'Set ERASURE_KEY'],
    [['--by', 'dpo', '--identity', 'ada@example.org'], { ERASURE_KEY: 'short' }, 'at least 32 characters'],
  ] as const) {
    const { code, errors } = await run(args, changed);
    expect({ code, errors }).toEqual({ code: 1, errors: expect.stringContaining(message) });
  }
  expect(await isHeld(service.database, ada.identity)).toBe(true);
});

it('erases beside the running service, which lists it without the person', async () => {
  const dry = await run(['--identity', ada.identity, '--dry-run']);
  expect(dry.output).toMatch(/^2 sessions would be erased\.$/m);
  const { code, output } = await run(['--identity', ada.identity, '--by', 'dpo@clinic']);
  expect(code).toBe(0);
  expect(output).toMatch(/^2 sessions are erased, and 2 events of the log were rewritten\.$/m);
  expect(output).toMatch(
    /^The room room 1 of ada@example\.org is called room 1 of erased-[0-9a-f]{16} from now on\.$/m,
  );
  expect(await isHeld(service.database, 'ada@')).toBe(false);
  const query = '{ erasures { nodes { id at by sessions rooms events finishedAt } totalCount { value } } }';
  const { data } = await service.query(query);
  const erasure = { id: 'erasure:1', by: 'dpo@clinic', sessions: 2, rooms: 2, events: 2 };
  expect(data).toEqual({
    erasures: {
      nodes: [{ ...erasure, at: expect.any(String), finishedAt: expect.any(String) }],
      totalCount: { value: 1 },
    },
  });
  const token = await service.token({ roomAdmin: true, room: 'room 1' });
  expect((await service.query(query, {}, token)).errors?.[0]?.extensions.code).toBe('FORBIDDEN');
});

it('keeps services from starting without the key, or with another one', async () => {
  for (const [key, message] of [
    ['', 'People were erased from this database, and ERASURE_KEY is not set.'],
    ['x'.repeat(32), 'People were erased from this database, with another ERASURE_KEY.'],
  ]) {
    const { ended } = runService({ DATABASE_URL: service.database.url, ...keys, ERASURE_KEY: key! });
    const { code, errors } = await ended;
    expect({ code, errors }).toEqual({ code: 1, errors: expect.stringContaining(message!) });
  }
});

it('has a service that runs without the key take no event', async () => {
  const home = await createDatabase();
  const keyless = await startService({ databaseUrl: home.url });
  onTestFinished(() => keyless.stop().then(() => home.drop()));
  await keyless.deliver(JSON.stringify(joined(1)));
  expect((await start(home.url, ['--identity', ada.identity, '--by', 'dpo']).ended).code).toBe(0);
  const late = await keyless.post(JSON.stringify({ ...joined(1), event: 'participant_left', id: 'EV_late' }));
  expect(late.status).toBe(503);
  expect(await isHeld(keyless.database, 'Lovelace')).toBe(false);
});

it('is finished by the next run after it was killed, and keeps a check from reading half of it', async () => {
  const home = await createDatabase();
  const database = new Database(home.url, 10_000, { erasureKey });
  onTestFinished(() => database.onApplicationShutdown().then(() => home.drop()));
  const some = Array.from({ length: 150 }, (_, at) => ({ ...joined(at), id: `EV_many_${at}` }));
  await commitEvents(
    database.intake,
    some.map((event) => readEvent('default', event, now * 1000)),
  );

  const { child, ended } = start(home.url, ['--identity', ada.identity, '--by', 'dpo']);
  const toDo = async (): Promise<number> => database.prisma.erasedKey.count({ where: { done: false } });
  await expect.poll(toDo, { timeout: 60_000, interval: 20 }).toBeGreaterThan(10);
  child.kill('SIGKILL');
  await ended;
  // Postgres may still work for the connection that was killed, which holds the lock until then.
  const refusal = (): Promise<string> => verify(home.url).then(String, (error: Error) => error.message);
  await expect.poll(refusal).toContain('An erasure was interrupted.');
  const again = await start(home.url, ['--identity', ada.identity, '--by', 'dpo']).ended;
  expect(again.output).toMatch(/^The erasure that dpo began at \S+ was interrupted\. Its events are rewritten/m);
  expect(again.output).toMatch(/ sessions are erased/);
  expect(await isHeld(database, 'ada@')).toBe(false);
  expect(await isHeld(database, 'Lovelace')).toBe(false);
  expect(await verify(home.url)).toMatchObject({ differing: 0, marks: 0 });
});

it('leaves nothing in the spool of a service that was without its database', async () => {
  const { proxy, direct } = await openWay();
  const spoolDir = spoolFolder();
  const spooling = await startService({ databaseUrl: proxy.url, settings: { erasureKey, spoolDir } });
  onTestFinished(() => spooling.stop());
  await spooling.deliver(JSON.stringify(joined(1)));
  const { code } = await start(direct, ['--identity', ada.identity, '--by', 'dpo']).ended;
  expect(code).toBe(0);
  await proxy.cut();
  await spooling.deliver(JSON.stringify({ ...joined(1), event: 'participant_left', id: 'EV_late' }));
  expect(bytesIn(spoolDir).includes('Lovelace')).toBe(true);
  await proxy.open();
  await untilDrained(spooling.url);
  await expect.poll(() => bytesIn(spoolDir).includes('Lovelace'), { timeout: 10_000, interval: 50 }).toBe(false);
  const database = new Database(direct, 10_000);
  onTestFinished(() => database.onApplicationShutdown());
  expect(await isHeld(database, 'Lovelace')).toBe(false);
});
