import { existsSync, mkdtempSync, readdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { gunzipSync } from 'node:zlib';
import { expect, it, onTestFinished } from 'vitest';
import { Database } from '../../src/database/database.js';
import { Writer } from '../../src/erased/writer.js';
import { eraseFiles } from '../../src/erasing/erase-files.js';
import { erase } from '../../src/erasing/erase.js';
import { openStore } from '../../src/log/archive/store.js';
import { endBegunDrop } from '../../src/log/leaving.js';
import { dropOldMonths } from '../../src/log/retention.js';
import { on, workersOf } from '../../harness/citus.js';
import { verify } from '../../src/rebuild/verify.js';
import { onCitus } from '../support/citus.js';
import { runProgram } from '../support/process.js';
import { arrived, at, breakOffDrop, commitAll, DAY, keeping, yearOfMonths } from '../support/log-months.js';

const erasureKey = 'a key of at least thirty-two characters';
const phone = '+49301234567';
const telling = '49301234567';

function folder(): string {
  const path = mkdtempSync(join(tmpdir(), 'roomledger-erasure-'));
  onTestFinished(() => rmSync(path, { recursive: true, force: true }));
  return path;
}

/** Postgres removes files at its checkpoints. */
function bytesOf(file: string): Buffer {
  try {
    return readFileSync(file);
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code !== 'ENOENT') throw error;
    return Buffer.alloc(0);
  }
}

/** A call in each of two months, by the same number. */
function calls(): ReturnType<typeof arrived>[] {
  return ['2026-02-10T10:00:00', '2026-07-10T10:00:00'].flatMap((time, call) => {
    const seconds = at(time) / 1000;
    const room = { sid: `RM_${call}`, name: `call-_${phone}_${call}`, creationTime: String(seconds) };
    const participant = {
      sid: `PA_${call}`,
      identity: `sip_${phone}`,
      name: `Phone ${phone}`,
      joinedAt: String(seconds),
    };
    return ['participant_joined', 'participant_left'].map((event, minute) =>
      arrived(
        { event, id: `EV_${call}_${minute}`, createdAt: String(seconds + 60 * minute), room, participant },
        at(time) + 60_000 * minute,
      ),
    );
  });
}

async function yearWithCalls(): Promise<Database> {
  const { url } = await yearOfMonths();
  const database = new Database(url, 60_000, { erasureKey });
  onTestFinished(() => database.onApplicationShutdown());
  await commitAll(database, calls());
  return database;
}

const request = (archive: Awaited<ReturnType<typeof openStore>>) => ({
  selection: { project: 'default', identity: `sip_${phone}` },
  by: 'tests',
  now: at('2026-12-01T00:00:00'),
  archive,
});

it('erases what was archived, and what is put back from an older archive', async () => {
  const database = await yearWithCalls();
  const path = folder();
  const store = await openStore({ kind: 'folder', path });
  const retention = { now: at('2026-05-10T00:00:00'), ageMs: 31 * DAY, store };
  await keeping(database.url, (log) => dropOldMonths(log, retention));
  const month = join(path, 'webhook_event', '2026-02');
  const older = readFileSync(join(month, 'part-0001.jsonl.gz'));
  const olderManifest = readFileSync(join(month, 'manifest.json'));
  expect(gunzipSync(older).toString()).toContain(telling);

  await expect(erase(database, request(null))).rejects.toThrow('Months of the log are archived (2026-02)');
  const report = await erase(database, request(store));
  expect(report).toMatchObject({ sessions: 2, events: 4 });
  const files = readdirSync(month, { recursive: true, encoding: 'utf8' }).filter((name) => name.endsWith('.gz'));
  expect(files.map((name) => gunzipSync(readFileSync(join(month, name))).toString()).join()).not.toContain(telling);
  expect(existsSync(join(month, 'part-0001.jsonl.gz'))).toBe(false);

  const env = {
    DATABASE_URL: database.url,
    LIVEKIT_API_KEY: 'devkey',
    LIVEKIT_API_SECRET: 'secret',
    ERASURE_KEY: erasureKey,
  };
  const restore = async (): Promise<string> =>
    (await runProgram('cli/import', { ...env, ARCHIVE_DIR: path }, ['--archive', '2026-02']).ended).output;
  writeFileSync(join(month, 'part-0001.jsonl.gz'), older);
  writeFileSync(join(month, 'manifest.json'), olderManifest);
  expect(await restore()).toMatch(/2026-02: 2 events in the archive, 2 of them were not in the log\./);
  const { rows } = await database.queries.query(`select payload::text as text from webhook_event`);
  expect(rows).toHaveLength(4);
  expect(JSON.stringify(rows)).not.toContain(telling);
  expect(await verify(database.url)).toMatchObject({ differing: 0, marks: 0 });
});

it('erases a month whose drop was broken off', async () => {
  const database = await yearWithCalls();
  const path = folder();
  const store = await openStore({ kind: 'folder', path });
  await keeping(database.url, (log) => dropOldMonths(log, { now: at('2026-02-10T00:00:00'), ageMs: DAY, store }));
  await breakOffDrop(database, { now: at('2026-03-10T00:00:00'), ageMs: DAY, store });
  await erase(database, request(store));
  const month = join(path, 'webhook_event', '2026-02');
  const files = readdirSync(month, { recursive: true, encoding: 'utf8' }).filter((name) => name.endsWith('.gz'));
  expect(files).toHaveLength(1);
  expect(gunzipSync(readFileSync(join(month, files[0]!))).toString()).not.toContain(telling);
  expect(await keeping(database.url, (log) => endBegunDrop(log, store))).toBeNull();
});

it("leaves none of the texts in the database's files", async () => {
  const database = await yearWithCalls();
  const nodes = [database.url, ...(onCitus ? await workersOf(database.url) : [])];
  const folderSql = `select current_setting('data_directory') || '/base/' || oid as folder from pg_database where datname = current_database()`;
  const folders = (await Promise.all(nodes.map((node) => on<{ folder: string }>(node, folderSql)))).flat();
  const held = (): string[] =>
    folders
      .flatMap(({ folder }) => readdirSync(folder).map((name) => join(folder, name)))
      .filter((file) => bytesOf(file).includes(telling));
  const checkpoint = (): Promise<unknown> => Promise.all(nodes.map((node) => on(node, 'checkpoint')));
  await checkpoint();
  expect(held().length).toBeGreaterThan(3);
  await erase(database, request(null));
  await checkpoint();
  expect(held()).not.toEqual([]);
  expect(await eraseFiles(database)).toEqual(['webhook_event_2026_02', 'webhook_event_2026_07']);
  expect(held()).toEqual([]);
  expect(await database.prisma.erasure.count({ where: { filesGoneAt: null } })).toBe(0);
  expect(await verify(database.url)).toMatchObject({ differing: 0, marks: 0 });
  // Late, and again.
  const [late] = calls();
  await commitAll(database, [late!], new Writer(database));
  await checkpoint();
  expect(held()).toEqual([]);
});
