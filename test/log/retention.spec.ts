import { mkdirSync, readdirSync, readFileSync, renameSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { gunzipSync } from 'node:zlib';
import pg from 'pg';
import { expect, onTestFinished, test } from 'vitest';
import type { Database } from '../../src/database/database.js';
import { openStore } from '../../src/log/archive/store.js';
import { readLogDrop } from '../../src/log/drops.js';
import type { Dropped } from '../../src/log/leaving.js';
import { holdLog } from '../../src/log/readers.js';
import { LogReaders } from '../../src/log/readers.js';
import { restoreMonth, unchanged } from '../../src/log/restore.js';
import { dropOldMonths } from '../../src/log/retention.js';
import { emptyFolder } from '../support/embedded.js';
import {
  arrived,
  at,
  breakOffDrop,
  commitAll,
  DAY,
  keeping,
  logOf,
  partsOf,
  playedBetween,
  yearOfMonths,
} from '../support/log-months.js';
import { runProgram } from '../support/process.js';
import { startService } from '../support/service.js';

const AGE = 31 * DAY;
const now = at('2026-05-10T12:00:00');

async function drop(database: Database, path: string | null, when = now): Promise<Dropped[]> {
  const store = await openStore(path === null ? { kind: 'none' } : { kind: 'folder', path });
  return keeping(database.url, (log) => dropOldMonths(log, { now: when, ageMs: AGE, store }));
}

/** Events of every month up to May, and odd ones. */
async function filled(): Promise<Database> {
  const database = await yearOfMonths();
  for (const month of ['01', '02', '03', '04', '05']) {
    await commitAll(
      database,
      playedBetween(at(`2026-${month}-03T10:00:00`), at(`2026-${month}-03T12:00:00`), 200, Number(month)),
    );
  }
  const odd = { event: 'room_started', room: { sid: 'RM_odd', name: 'odd' } };
  await commitAll(database, [
    arrived({ ...odd, id: 'EV_undated' }, at('2026-01-05T00:00:00')),
    arrived({ ...odd, id: 'EV_ancient', createdAt: '1000' }, at('2026-02-05T00:00:00')),
    arrived({ ...odd, id: 'EV_ahead', createdAt: '9999999999' }, at('2026-03-05T00:00:00')),
    arrived({ ...odd, id: 'EV_of_late', createdAt: '9999999998' }, at('2026-05-05T00:00:00')),
  ]);
  return database;
}

test('months that are older than the retention are archived and dropped, and come back as they were', async () => {
  const database = await filled();
  const folder = emptyFolder();
  const before = await logOf(database);
  const dropped = await drop(database, folder);
  expect(dropped.map(({ month, rows }) => [month, rows])).toEqual([
    ['2026-01', 201],
    ['2026-02', 201],
    ['2026-03', 201],
  ]);
  expect(readdirSync(folder, { recursive: true })).toEqual(
    expect.arrayContaining(['webhook_event/2026-01/manifest.json', 'webhook_event/2026-01/part-0001.jsonl.gz']),
  );
  expect(await logOf(database)).toEqual(before.filter((row) => /"created_at":"2026-0[45]|EV_of_late/.test(row)));
  expect((await partsOf(database)).filter((name) => /2026_0[1-4]/.test(name))).toEqual(['webhook_event_2026_04']);

  const store = (await openStore({ kind: 'folder', path: folder }))!;
  for (const month of ['2026-02', '2026-01', '2026-03']) {
    expect(await keeping(database.url, (log) => restoreMonth(log, { store, rewrite: unchanged }, month))).toEqual({
      rows: 201,
      added: 201,
    });
  }
  expect(await keeping(database.url, (log) => restoreMonth(log, { store, rewrite: unchanged }, '2026-02'))).toEqual({
    rows: 201,
    added: 0,
  });
  expect(await logOf(database)).toEqual(before);
  // They stay for another retention.
  expect(await drop(database, folder, Date.now() > now ? Date.now() : now)).toEqual([]);
  expect(await readLogDrop(database.queries)).toBeNull();
});

test('a month that was put back in part is archived again as a whole', async () => {
  const database = await filled();
  const folder = emptyFolder();
  const before = await logOf(database);
  await drop(database, folder, at('2026-03-10T00:00:00'));
  const store = (await openStore({ kind: 'folder', path: folder }))!;
  await keeping(database.url, (log) => restoreMonth(log, { store, rewrite: unchanged }, '2026-01'));
  await database.intake.query(
    `delete from webhook_event where created_seconds between 1767225600 and 1767438000 or id = 'EV_undated'`,
  );
  await database.intake.query('update log_drop set restored_at = null');
  const [again] = await drop(database, folder, at('2026-03-10T00:00:00'));
  expect(again).toMatchObject({ month: '2026-01', rows: 201 });
  expect(await keeping(database.url, (log) => restoreMonth(log, { store, rewrite: unchanged }, '2026-01'))).toEqual({
    rows: 201,
    added: 201,
  });
  expect(await logOf(database)).toEqual(before);
});

test('tells up to which time it dropped, whatever time an event had that counts for nothing', async () => {
  const database = await filled();
  await drop(database, null, now);
  expect((await readLogDrop(database.queries))?.createdUntil).toBeLessThan(at('2026-04-01T00:00:00'));
});

test('drops nothing while an export or a stream reads the log', async () => {
  const database = await filled();
  const readers = new LogReaders(database);
  onTestFinished(() => readers.onApplicationShutdown());
  const leave = [await readers.enter(), await readers.enter()];
  leave[0]!();
  expect(await drop(database, null, at('2026-03-10T00:00:00'))).toEqual([]);
  leave[1]!();
  await expect.poll(() => drop(database, null, at('2026-03-10T00:00:00'))).toHaveLength(1);
});

test('drops nothing while somebody downloads the log, however slowly', async () => {
  const database = await filled();
  // More than buffers hold on the way.
  await database.intake.query(
    `insert into webhook_event select (jsonb_populate_record(w, jsonb_build_object('id', 'EV_more' || n, 'seq', 1e6 + n,
        'payload', jsonb_build_object('text', repeat(md5(n::text), 200))))).*
      from webhook_event w, generate_series(1, 2000) as n where w.id = 'EV_undated'`,
  );
  const service = await startService({ databaseUrl: database.url });
  onTestFinished(() => service.stop());
  const headers = { authorization: `Bearer ${service.readToken()}` };
  const download = await fetch(`${service.url}/export/webhookEvents.jsonl`, { headers });
  expect(await drop(database, null, at('2026-03-10T00:00:00'))).toEqual([]);
  const lines = (await download.text()).trim().split('\n');
  expect(lines.length).toBeGreaterThan(3_000);
  await expect.poll(() => drop(database, null, at('2026-03-10T00:00:00'))).toHaveLength(1);
});

test('tells how far in its order', async () => {
  const database = await filled();
  const all = (await logOf(database)).map((row) => JSON.parse(row) as { id: string; xid: number; seq: number });
  await drop(database, null, at('2026-03-10T00:00:00'));
  const last = all.find(({ id }) => id === 'EV_undated')!;
  expect(await readLogDrop(database.queries)).toMatchObject({
    epoch: 1,
    xid: String(last.xid),
    seq: String(last.seq),
    receivedUntil: at('2026-01-05T00:00:00'),
    createdUntil: at('2026-02-01T00:00:00') - 1,
  });
});

test('an archive is lines of JSON whose sum and count the manifest has', async () => {
  const database = await filled();
  const folder = emptyFolder();
  await drop(database, folder, at('2026-03-10T00:00:00'));
  const manifest = JSON.parse(readFileSync(join(folder, 'webhook_event/2026-01/manifest.json'), 'utf8'));
  expect(manifest).toMatchObject({ month: '2026-01', rows: 201, parts: [{ rows: 201 }] });
  const text = gunzipSync(readFileSync(join(folder, manifest.parts[0].name))).toString();
  const events = text
    .trimEnd()
    .split('\n')
    .map((line) => JSON.parse(line));
  expect(events).toHaveLength(201);
  expect(events.at(-1)).toMatchObject({ id: 'EV_undated', payload: { event: 'room_started' } });
});

test('an archive that is damaged is not put back', async () => {
  const database = await filled();
  const folder = emptyFolder();
  await drop(database, folder, at('2026-03-10T00:00:00'));
  const part = join(folder, 'webhook_event/2026-01/part-0001.jsonl.gz');
  const bytes = readFileSync(part);
  bytes[bytes.length >> 1]! ^= 1;
  writeFileSync(part, bytes);
  const store = (await openStore({ kind: 'folder', path: folder }))!;
  await expect(
    keeping(database.url, (log) => restoreMonth(log, { store, rewrite: unchanged }, '2026-01')),
  ).rejects.toThrow(`${part} is not what was written there.`);
  await expect(
    keeping(database.url, (log) => restoreMonth(log, { store, rewrite: unchanged }, '2025-12')),
  ).rejects.toThrow('There is no archive of 2025-12');
  expect(await readLogDrop(database.queries)).not.toBeNull();
});

test('nothing of a part that is damaged at its end is put back', async () => {
  const database = await filled();
  const folder = emptyFolder();
  await database.intake.query(
    `insert into webhook_event select (jsonb_populate_record(w, jsonb_build_object('id', 'EV_more' || n, 'seq', 1e6 + n))).*
      from webhook_event w, generate_series(1, 2000) as n where w.id = 'EV_undated'`,
  );
  await drop(database, folder, at('2026-03-10T00:00:00'));
  const before = await logOf(database);
  const part = join(folder, 'webhook_event/2026-01/part-0001.jsonl.gz');
  const bytes = readFileSync(part);
  bytes[bytes.length - 6]! ^= 1;
  writeFileSync(part, bytes);
  const store = (await openStore({ kind: 'folder', path: folder }))!;
  await expect(
    keeping(database.url, (log) => restoreMonth(log, { store, rewrite: unchanged }, '2026-01')),
  ).rejects.toThrow(`${part} is not what was written there.`);
  expect(await logOf(database)).toEqual(before);
});

test('a month that is archived again leaves no part of its earlier archive', async () => {
  const database = await filled();
  const folder = emptyFolder();
  await drop(database, folder, at('2026-03-10T00:00:00'));
  const store = (await openStore({ kind: 'folder', path: folder }))!;
  const month = join(folder, 'webhook_event/2026-01');
  // As an erasure leaves it.
  mkdirSync(join(month, '1'));
  renameSync(join(month, 'part-0001.jsonl.gz'), join(month, '1/part-0001.jsonl.gz'));
  const manifest = readFileSync(join(month, 'manifest.json'), 'utf8').replace('01/part', '01/1/part');
  writeFileSync(join(month, 'manifest.json'), manifest);
  await keeping(database.url, (log) => restoreMonth(log, { store, rewrite: unchanged }, '2026-01'));
  await database.intake.query('update log_drop set restored_at = null');
  await drop(database, folder, at('2026-03-10T00:00:00'));
  const files = readdirSync(month, { recursive: true }).filter((name) => /part|manifest/.test(String(name)));
  expect(files.sort()).toEqual(['manifest.json', 'part-0001.jsonl.gz']);
});

test('a month can be dropped and put back, though its second archive was broken off', async () => {
  const database = await filled();
  const folder = emptyFolder();
  const before = await logOf(database);
  await drop(database, folder, at('2026-03-10T00:00:00'));
  const store = (await openStore({ kind: 'folder', path: folder }))!;
  const restore = () => keeping(database.url, (log) => restoreMonth(log, { store, rewrite: unchanged }, '2026-01'));
  await restore();
  await database.intake.query('update log_drop set restored_at = null');
  await database.intake.query(`update webhook_event set deliveries = 2 where id = 'EV_undated'`);
  const write = store.write.bind(store);
  store.write = (name, content) =>
    name.endsWith('manifest.json') ? Promise.reject(new Error('killed')) : write(name, content);
  const again = () =>
    keeping(database.url, (log) => dropOldMonths(log, { now: at('2026-03-10T00:00:00'), ageMs: AGE, store }));
  await expect(again()).rejects.toThrow('killed');
  store.write = write;
  expect(await again()).toHaveLength(1);
  await restore();
  expect(await logOf(database)).toEqual(
    before.map((row) => (row.includes('EV_undated') ? row.replace('"deliveries":1', '"deliveries":2') : row)),
  );
});

test('nothing is dropped that cannot be archived', async () => {
  const database = await filled();
  const before = await logOf(database);
  const file = join(emptyFolder(), 'file');
  writeFileSync(file, '');
  await expect(drop(database, file)).rejects.toThrow('ENOTDIR');
  expect(await logOf(database)).toEqual(before);
});

test('nothing is dropped while somebody reads the log, or holds it', async () => {
  const database = await filled();
  const before = await logOf(database);
  const reader = new pg.Client(database.url);
  await reader.connect();
  onTestFinished(() => reader.end());
  await holdLog(reader);
  expect(await drop(database, null)).toEqual([]);
  expect(await logOf(database)).toEqual(before);
  await reader.query('select pg_advisory_unlock_all()');
  await reader.query('begin; select 1 from webhook_event limit 1');
  const dropping = drop(database, null);
  await expect
    .poll(
      () =>
        database.queries
          .query(`select from pg_stat_activity where wait_event_type = 'Lock' and datname = current_database()`)
          .then(({ rows }) => rows.length),
      { interval: 5 },
    )
    .toBe(1);
  // Those who come later go on meanwhile.
  await commitAll(database, playedBetween(at('2026-05-04T10:00:00'), at('2026-05-04T12:00:00'), 50, 9));
  expect(await partsOf(database)).toContain('webhook_event_2026_01');
  await reader.query('commit');
  expect(await dropping).toHaveLength(3);
});

test('an event that comes while its month is archived is not lost', async () => {
  const database = await filled();
  const store = (await openStore({ kind: 'folder', path: emptyFolder() }))!;
  const late = arrived(
    {
      event: 'room_started',
      room: { sid: 'RM_late', name: 'late' },
      id: 'EV_late',
      createdAt: String(at('2026-01-09T00:00:00') / 1000),
    },
    now,
  );
  const write = store.write.bind(store);
  store.write = async (name, content) => {
    await write(name, content);
    if (!name.endsWith('manifest.json')) return;
    store.write = write;
    await commitAll(database, [late]);
  };
  const dropping = (): Promise<Dropped[]> =>
    keeping(database.url, (log) => dropOldMonths(log, { now, ageMs: AGE, store }));
  expect(await dropping()).toEqual([]);
  expect((await logOf(database)).filter((row) => row.includes('EV_late'))).toHaveLength(1);
  expect((await dropping()).map(({ rows }) => rows)).toEqual([202, 201, 201]);
});

/** A drop of January that has archived it and waits to take it out of the log, while `write` runs. */
async function dropDuring(database: Database, folder: string, write: () => Promise<unknown>): Promise<Dropped[]> {
  const reader = new pg.Client(database.url);
  await reader.connect();
  onTestFinished(() => reader.end());
  await reader.query('begin; lock table webhook_event_2026_01 in access share mode');
  const dropping = drop(database, folder, at('2026-03-10T00:00:00'));
  const locking = `select from pg_stat_activity where datname = current_database() and query ^@ 'lock table webhook_event_past' and wait_event_type = 'Lock'`;
  await expect.poll(() => database.queries.query(locking).then(({ rows }) => rows.length), { interval: 5 }).toBe(1);
  await write();
  await reader.query('commit');
  return dropping;
}

test('an event that comes when its month is archived keeps it in the log until the next drop', async () => {
  const database = await filled();
  const folder = emptyFolder();
  const late = playedBetween(at('2026-01-09T10:00:00'), at('2026-01-09T12:00:00'), 50, 12);
  expect(await dropDuring(database, folder, () => commitAll(database, late))).toEqual([]);
  expect(await readLogDrop(database.queries)).toBeNull();
  expect(await drop(database, folder, at('2026-03-10T00:00:00'))).toMatchObject([{ month: '2026-01', rows: 251 }]);
});

test('what changes in a month between its archive and its drop is archived again', async () => {
  const database = await filled();
  const folder = emptyFolder();
  let before: string[] = [];
  const again = async (): Promise<void> => {
    // As redeliveries do.
    await database.intake.query(`update webhook_event set deliveries = 2 where room_name is not null`);
    before = await logOf(database);
  };
  expect(await dropDuring(database, folder, again)).toMatchObject([{ month: '2026-01', rows: 201 }]);
  expect(before.some((row) => row.includes('"deliveries":2'))).toBe(true);
  const store = (await openStore({ kind: 'folder', path: folder }))!;
  await keeping(database.url, (log) => restoreMonth(log, { store, rewrite: unchanged }, '2026-01'));
  expect(await logOf(database)).toEqual(before);
});

test('a drop that was broken off ends with the next one, or before its month is put back', async () => {
  const database = await filled();
  const folder = emptyFolder();
  const before = await logOf(database);
  const store = (await openStore({ kind: 'folder', path: folder }))!;
  await breakOffDrop(database, { now: at('2026-03-10T00:00:00'), ageMs: AGE, store });
  expect(await readLogDrop(database.queries)).not.toBeNull();
  expect(await partsOf(database)).not.toContain('webhook_event_2026_01');
  expect(await keeping(database.url, (log) => restoreMonth(log, { store, rewrite: unchanged }, '2026-01'))).toEqual({
    rows: 201,
    added: 201,
  });
  expect(await logOf(database)).toEqual(before);

  await database.intake.query('update log_drop set restored_at = null');
  await breakOffDrop(database, { now: at('2026-03-10T00:00:00'), ageMs: AGE, store });
  expect(await drop(database, folder)).toMatchObject(
    ['2026-01', '2026-02', '2026-03'].map((month) => ({ month, rows: 201 })),
  );
  for (const month of ['2026-01', '2026-02', '2026-03'])
    await keeping(database.url, (log) => restoreMonth(log, { store, rewrite: unchanged }, month));
  expect(await logOf(database)).toEqual(before);
});

test('a late event of a month that was dropped has a place', async () => {
  const database = await filled();
  await drop(database, null);
  const [event] = playedBetween(at('2026-02-09T10:00:00'), at('2026-02-09T12:00:00'), 1, 11);
  await commitAll(database, [event!]);
  expect((await logOf(database))[0]).not.toContain(event!.id);
  expect((await logOf(database)).at(-1)).toContain(event!.id);
});

test('a service drops by itself, and the command puts back', async () => {
  const database = await filled();
  const folder = emptyFolder();
  const settings = { logRetentionMs: AGE, archive: { kind: 'folder', path: folder } as const };
  const service = await startService({ databaseUrl: database.url, clock: { now: () => now }, settings });
  onTestFinished(() => service.stop());
  await expect.poll(() => partsOf(database), { timeout: 20_000 }).not.toContain('webhook_event_2026_03');
  const env = { DATABASE_URL: database.url, ARCHIVE_DIR: folder };
  const { code, output, errors } = await runProgram('cli/import', env, ['--archive', '2026-02']).ended;
  expect({ code, errors }).toEqual({ code: 0, errors: '' });
  expect(output).toContain('2026-02: 201 events in the archive, 201 of them were not in the log.');
  expect(await partsOf(database)).toContain('webhook_event_2026_02');
});
