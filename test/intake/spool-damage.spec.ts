import { spawnSync } from 'node:child_process';
import { cpSync, mkdirSync, mkdtempSync, readdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { ClassicLevel } from 'classic-level';
import { afterAll, expect, onTestFinished, test } from 'vitest';
import { type Ended, runService, type ServiceProcess } from '../support/process.js';
import type { Proxy } from '../support/proxy.js';
import { type Service, type ServiceOptions, startService } from '../support/service.js';
import { postSigned } from '../support/sign.js';
import {
  allTaken,
  type Event,
  events,
  healthOf,
  openWay,
  postAll,
  spoolFolder,
  untilDrained,
} from '../support/spooling.js';

async function start(options: ServiceOptions): Promise<Service> {
  const service = await startService(options);
  onTestFinished(() => service.stop());
  return service;
}

/** Leaves in a folder what a service took that was killed while its database was away. */
async function killed(spoolDir: string): Promise<void> {
  const { proxy } = await openWay();
  const service = runService({ DATABASE_URL: proxy.url, SPOOL_DIR: spoolDir });
  const url = await service.ready;
  await proxy.cut();
  for (const event of all) expect(await postSigned(url, event)).toBe(200);
  service.child.kill('SIGKILL');
  await service.ended;
}

const all = events(20);
const made = mkdtempSync(join(tmpdir(), 'roomledger-killed-'));
let killing: Promise<void> | null = null;
afterAll(() => rmSync(made, { recursive: true, force: true }));

/** Such a folder, and an empty database. */
async function leftOver(): Promise<{ proxy: Proxy; spoolDir: string; env: Record<string, string> }> {
  await (killing ??= killed(made));
  const { proxy } = await openWay();
  const spoolDir = spoolFolder();
  cpSync(made, spoolDir, { recursive: true });
  return { proxy, spoolDir, env: { DATABASE_URL: proxy.url, SPOOL_DIR: spoolDir } };
}

async function logged(service: Service): Promise<string[]> {
  const { rows } = await service.database.queries.query<{ id: string }>('select id from webhook_event');
  return rows.map(({ id }) => id).sort();
}

async function spoolOf(url: string): Promise<object> {
  return ((await (await fetch(`${url}/health`)).json()) as { spool: object }).spool;
}

async function metricsOf(url: string): Promise<string> {
  return (await fetch(`${url}/metrics`)).text();
}

async function stopped(service: ServiceProcess): Promise<Ended> {
  service.child.kill('SIGTERM');
  return service.ended;
}

const idsOf = (some: readonly Event[]) => some.map(({ id }) => id).sort();

test('entries that cannot be read are set aside, each told once, and hold up no other', async () => {
  const { proxy, spoolDir, env } = await leftOver();
  const level = new ClassicLevel(spoolDir);
  const keys = await level.keys({ gt: '#state' }).all();
  const value = (await level.get(keys[9]!))!;
  await level.batch([
    { type: 'put', key: keys[3]!, value: 'hush, no JSON' },
    { type: 'put', key: keys[6]!, value: '{"project":"default","body":"hush"}' },
    { type: 'put', key: keys[9]!, value: value.replace('"receivedAt":1', '"receivedAt":2') },
    { type: 'put', key: 'a key/of another kind', value: '{"hush":1}' },
  ]);
  await level.close();
  const process = runService(env);
  const url = await process.ready;
  await untilDrained(url);
  expect(await spoolOf(url)).toEqual({ entries: 0, bytes: 0, setAside: 4 });
  expect(await metricsOf(url)).toMatch(/roomledger_spool_set_aside 4\n(.*\n)*roomledger_spool_lost 0\n/);
  const { output, errors } = await stopped(process);
  expect(errors.match(/The spool's entry .* is set aside in .*: .*\./g)).toHaveLength(4);
  for (const at of [3, 6, 9]) expect(errors).toContain(`The spool's entry ${keys[at]}`);
  expect(output + errors).not.toContain('hush');

  const folder = join(spoolDir, 'set-aside');
  const name = readdirSync(folder).find((file) => file.startsWith(keys[3]!))!;
  expect(readFileSync(join(folder, name), 'utf8')).toBe('hush, no JSON');
  const again = await start({ databaseUrl: proxy.url, settings: { spoolDir } });
  expect(await spoolOf(again.url)).toEqual({ entries: 0, bytes: 0, setAside: 4 });
  expect(await logged(again)).toEqual(idsOf(all.filter((_, at) => ![3, 6, 9].includes(at))));
});

test('entries that are gone are told at the start, once, and not those that were committed', async () => {
  const { spoolDir, env } = await leftOver();
  const level = new ClassicLevel(spoolDir);
  const keys = await level.keys({ gt: '#state' }).all();
  await level.batch(keys.slice(4, 7).map((key) => ({ type: 'del', key })));
  await level.close();
  const first = runService(env);
  const url = await first.ready;
  await untilDrained(url);
  expect(await metricsOf(url)).toContain('roomledger_spool_lost 3\n');
  expect((await stopped(first)).errors).toContain(
    '3 events are lost: the spool accepted them, but its disk no longer has them.',
  );
  const second = runService(env);
  expect(await metricsOf(await second.ready)).toContain('roomledger_spool_lost 3\n');
  expect((await stopped(second)).errors).toBe('');
});

function flip(file: string): void {
  const bytes = readFileSync(file);
  bytes[Math.floor(bytes.length / 2)]! ^= 1;
  writeFileSync(file, bytes);
}

test.each([
  ['of which a byte is flipped', /\.log$/, flip],
  ['without CURRENT', /^CURRENT$/, rmSync],
  ['without its manifest', /^MANIFEST/, rmSync],
])('a spool %s refuses the start in a sentence, and is left as it is', async (_, name, harm) => {
  const { spoolDir, env } = await leftOver();
  harm(
    join(
      spoolDir,
      readdirSync(spoolDir).find((file) => name.test(file))!,
    ),
  );
  // LevelDB's own lock and diary apart.
  const files = () => readdirSync(spoolDir).filter((file) => !/^LO(?:CK|G)/.test(file));
  const contents = () => files().map((file) => [file, readFileSync(join(spoolDir, file))]);
  const before = contents();
  const { code, errors } = await runService(env).ended;
  const remedy = 'Restore the folder from a copy, or move it away and start without the events that it holds';
  expect(code).toBe(1);
  expect(errors).toMatch(new RegExp(`^The spool in ${spoolDir} is damaged: .*\\. ${remedy}\\.\n$`));
  expect(contents()).toEqual(before);
});

test('an event that is too large for what is left is refused by itself', async () => {
  const { proxy } = await openWay();
  const spoolDir = spoolFolder();
  const service = await start({ databaseUrl: proxy.url, settings: { spoolDir, spoolMaxBytes: 2 ** 20 } });
  await proxy.cut();
  const [first, large, ...small] = all;
  expect(await postAll(service, [first!])).toEqual([200]);
  expect(await postAll(service, [{ ...large!, padding: 'x'.repeat(2 ** 20) }])).toEqual([503]);
  expect(await healthOf(service.url)).toMatchObject({ status: 200, intake: 'spooling', entries: 1 });
  expect(new Set(await postAll(service, small))).toEqual(allTaken);
  await proxy.open();
  await untilDrained(service.url);
  expect(await logged(service)).toEqual(idsOf([first!, ...small]));
});

/** A disk of its own, of so many MiB. */
function smallDisk(size: number): string {
  const folder = spoolFolder();
  mkdirSync(folder);
  spawnSync('mount', ['-t', 'tmpfs', '-o', `size=${size}m`, 'tmpfs', folder]);
  onTestFinished(() => void spawnSync('umount', ['-l', folder]));
  return folder;
}

test.skipIf(process.getuid?.() !== 0)('a disk that is full at the start refuses no start, and is awaited', async () => {
  const { proxy, spoolDir, env } = await leftOver();
  const disk = smallDisk(64);
  cpSync(spoolDir, join(disk, 'spool'), { recursive: true });
  spawnSync('dd', ['if=/dev/zero', `of=${join(disk, 'filler')}`, 'bs=4k']);
  const service = runService({ ...env, SPOOL_DIR: join(disk, 'spool') });
  const url = await service.ready;
  await proxy.cut();
  expect(await healthOf(url)).toMatchObject({ status: 503, intake: 'refusing' });
  const another = { ...all[0]!, id: 'EV_another' };
  expect(await postSigned(url, another)).toBe(503);
  rmSync(join(disk, 'filler'));
  await expect.poll(() => healthOf(url), { timeout: 10_000 }).toMatchObject({ intake: 'spooling', entries: 20 });
  expect(await postSigned(url, another)).toBe(200);
  await proxy.open();
  await untilDrained(url);
});
