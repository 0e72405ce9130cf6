import pg from 'pg';
import { describe, expect, inject, onTestFinished, test } from 'vitest';
import { createDatabase } from '../support/database.js';
import { forge, sha256 } from '../support/sign.js';
import { runService } from '../support/process.js';

describe('the service as a process', () => {
  test.each(['SIGTERM', 'SIGINT'] as const)('says where it answers, and stops on %s', async (signal) => {
    const database = await createDatabase();
    const service = runService({ DATABASE_URL: database.url });
    const health = await fetch(`${await service.ready}/health`);
    expect(health.status).toBe(200);
    service.child.kill(signal);
    const { code, output, errors } = await service.ended;
    expect({ code, errors }).toEqual({ code: 0, errors: '' });
    const lines = output.trim().split('\n');
    expect(lines.filter((line) => !line.includes('fsync'))).toEqual([
      expect.stringContaining('Ready at http://127.0.0.1:'),
      expect.stringContaining(signal),
    ]);
    await database.drop();
  });

  test('logs one JSON object a line in production', async () => {
    const database = await createDatabase();
    const service = runService({
      NODE_ENV: 'production',
      HOST: '127.0.0.1',
      LIVEKIT_KEYS: 'key: a-secret-that-nobody-else-has',
      DATABASE_URL: database.url,
    });
    await service.ready;
    service.child.kill('SIGTERM');
    const ready = (await service.ended).output.split('\n').find((line) => line.includes('Ready'));
    expect(JSON.parse(ready!)).toMatchObject({ level: 'info', message: expect.stringContaining('Ready at') });
    await database.drop();
  });

  test('finishes what it accepted before it stops', async () => {
    const database = await createDatabase();
    const service = runService({ DATABASE_URL: database.url });
    const url = await service.ready;
    const answers = Array.from({ length: 50 }, (_, index) => post(url, index).catch(() => 'not connected'));
    await answers[0];
    service.child.kill('SIGTERM');
    const statuses = await Promise.all(answers);
    expect(statuses.filter((status) => status !== 200 && status !== 'not connected')).toEqual([]);
    expect((await service.ended).code).toBe(0);
    expect(await logged(database.url)).toBe(statuses.filter((status) => status === 200).length);
    await database.drop();
  });

  test('stops soon, and refuses nobody, however many go on asking over connections that are kept', async () => {
    const database = await createDatabase();
    const service = runService({ DATABASE_URL: database.url });
    const url = await service.ready;
    let taken = 0;
    const asking = Array.from({ length: 40 }, async (_, index) => {
      for (;;) {
        const status = await post(url, index + 40 * taken).catch(() => 'not connected');
        if (status !== 200) return status;
        taken++;
      }
    });
    await expect.poll(() => taken, { timeout: 20_000 }).toBeGreaterThan(100);
    service.child.kill('SIGTERM');
    const began = performance.now();
    expect((await service.ended).code).toBe(0);
    expect(performance.now() - began).toBeLessThan(15_000);
    expect(new Set(await Promise.all(asking))).toEqual(new Set(['not connected']));
    expect(await logged(database.url)).toBeGreaterThanOrEqual(taken);
    await database.drop();
  });
});

async function logged(url: string): Promise<number> {
  const [row] = await query<{ count: number }>(url, 'select count(*)::int from webhook_event');
  return row!.count;
}

async function onServer(sql: string): Promise<void> {
  await query(inject('serverUrl'), sql);
}

async function query<Row extends object>(url: string, sql: string): Promise<Row[]> {
  const client = new pg.Client({ connectionString: url });
  await client.connect();
  return (await client.query<Row>(sql).finally(() => client.end())).rows;
}

async function post(url: string, index: number): Promise<number> {
  const body = JSON.stringify({ event: 'room_started', id: `EV_${index}`, room: { sid: `RM_${index}`, name: 'x' } });
  const now = Math.floor(Date.now() / 1000);
  const claims = { iss: 'devkey', exp: now + 300, sha256: sha256(body) };
  const headers = { authorization: forge({ claims, secret: 'secret' }), 'content-type': 'application/webhook+json' };
  return (await fetch(`${url}/webhook`, { method: 'POST', headers, body })).status;
}

test('a server that runs without fsync is warned of at the start', async () => {
  const database = await createDatabase();
  const [row] = await query<{ fsync: string }>(database.url, 'show fsync');
  const service = runService({ DATABASE_URL: database.url });
  await service.ready;
  service.child.kill('SIGTERM');
  const warning = 'The server runs with fsync=off: a crash of its machine loses acknowledged events.';
  expect((await service.ended).output.includes(warning)).toBe(row?.fsync === 'off');
  await database.drop();
});

describe('the service does not start', () => {
  test('with settings that are wrong, and names them all in one sentence', async () => {
    const { code, errors } = await runService({ PORT: 'x', LOG_LEVEL: 'loud' }).ended;
    expect(code).toBe(1);
    expect(errors).toBe(
      'The settings cannot be used: PORT must be a whole number from 0 to 65535; ' +
        'LOG_LEVEL must be one of fatal, error, warn, info, debug, trace, silent.\n',
    );
  });

  test('on a database that is not UTF8, in which names with umlauts could not be', async () => {
    const name = `latin_${process.pid}`;
    await onServer(`create database ${name} template template0 encoding 'SQL_ASCII' locale 'C'`);
    onTestFinished(() => onServer(`drop database ${name} with (force)`));
    const url = Object.assign(new URL(inject('serverUrl')), { pathname: name }).href;
    const { code, errors } = await runService({ DATABASE_URL: url }).ended;
    expect([code, errors]).toEqual([
      1,
      'The database is encoded in SQL_ASCII, which cannot hold every name. Create it with ENCODING UTF8.\n',
    ]);
  });

  test('without its database, and says so', async () => {
    const { code, errors } = await runService({ DATABASE_URL: 'postgresql://user:hush@127.0.0.1:1/name' }).ended;
    expect(code).toBe(1);
    expect(errors).toContain('127.0.0.1:1');
    expect(errors).not.toContain('hush');
    expect(errors.trim().split('\n')).toHaveLength(1);
  });
});
