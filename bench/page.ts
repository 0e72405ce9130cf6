// npm run bench -- page [--minutes 10]
//
// The page in Chromium, by its own trace. Live with 1,000 open rooms and 50 changes a second: tasks while one scrolls
// (none should take 50 ms), and its memory for some minutes. A room of 1,000 people: when its first bars are painted
// (under 1 s), and script and layout of the frames in which one pans (p95 under 16 ms).
import { createHash } from 'node:crypto';
import { cpus, loadavg } from 'node:os';
import { setTimeout as pause } from 'node:timers/promises';
import { parseArgs } from 'node:util';
import { type Browser, chromium, type Page } from 'playwright-core';
import { traced, words } from './page/trace.js';
import { BenchCluster } from './support/cluster.js';
import { short } from './support/figures.js';
import { apiKey, signed } from './support/requests.js';
import { Server, service } from './support/server.js';

const { values } = parseArgs({ options: { minutes: { type: 'string', default: '10' } } });
const [ROOMS, PEOPLE, CHANGES] = [1_000, 1_000, 50];
const nowSeconds = (): number => Math.floor(Date.now() / 1000);

const cluster = await BenchCluster.start();
const server = await Server.start(service, await cluster.create('page'));
const origin = `http://127.0.0.1:${server.port}`;
const browser = await chromium.launch({
  executablePath: process.env['CHROMIUM'] ?? '/usr/bin/chromium',
  args: ['--no-sandbox'],
});
try {
  console.log(`${cpus().length} cores, load ${loadavg().map(short).join(', ')}`);
  await fill();
  await live(browser);
  await oneRoom(browser);
} finally {
  await browser.close();
  await server.stop();
  await cluster.stop();
}

async function deliver(event: string, room: number, person: number | null): Promise<void> {
  const about = { sid: `RM_${room}`, name: `room-${room}`, creationTime: String(nowSeconds()) };
  const who = {
    sid: `PA_${room}_${person}`,
    identity: `person-${person}`,
    state: 'ACTIVE',
    joinedAt: `${nowSeconds()}`,
  };
  const participant = person === null ? {} : { participant: who };
  const id = `EV_${event}_${room}_${person}_${Math.random()}`;
  const body = JSON.stringify({ event, id, createdAt: String(nowSeconds()), room: about, ...participant });
  const sha256 = createHash('sha256').update(body).digest('base64');
  const authorization = signed({ iss: apiKey.key, exp: nowSeconds() + 300, sha256 });
  const headers = { authorization, 'content-type': 'application/webhook+json' };
  const { status } = await fetch(`${origin}/webhook`, { method: 'POST', headers, body });
  if (status !== 200) throw new Error(`A webhook was answered with ${status}.`);
}

/** The rooms, a person in each, and all the people in the room 0. */
async function fill(): Promise<void> {
  const all = Array.from({ length: ROOMS }, (_, room) => room);
  for (let at = 0; at < all.length; at += 100) {
    await Promise.all(
      all.slice(at, at + 100).map(async (room) => {
        await deliver('room_started', room, null);
        await deliver('participant_joined', room, 0);
      }),
    );
    await Promise.all(all.slice(at, at + 100).map((person) => deliver('participant_joined', 0, person)));
  }
}

/** People come and go, until it is aborted. */
async function change(stopped: AbortSignal): Promise<void> {
  const under: Promise<void>[] = [];
  for (let turn = 0; !stopped.aborted; turn++) {
    const room = 1 + Math.floor(Math.random() * (ROOMS - 1));
    under.push(deliver(turn % 2 === 0 ? 'participant_joined' : 'participant_left', room, 1 + (turn % 9)));
    if (under.length > 100) await under.shift();
    await pause(1000 / CHANGES);
  }
  await Promise.all(under);
}

async function open(path: string): Promise<Page> {
  const read = { iss: apiKey.key, nbf: nowSeconds() - 5, exp: nowSeconds() + 3600, video: { roomList: true } };
  const page = await browser.newPage({ viewport: { width: 1280, height: 830 } });
  await page.goto(`${origin}${path}#token=${signed(read)}`);
  return page;
}

async function live(chrome: Browser): Promise<void> {
  const page = await open('/');
  await page.locator('.live tbody tr').first().waitFor();
  const leaving = new AbortController();
  const changing = change(leaving.signal);
  const shown = await traced(chrome, page, () => scroll(page, 20_000));
  const tasks = shown.tasks();
  const long = tasks.filter(({ wallMs }) => wallMs > 50).length;
  const longCpu = tasks.filter(({ cpuMs }) => cpuMs > 50).length;
  console.log(
    `Live, scrolled for 20 s: ${tasks.length} tasks, ${words(tasks)}; over 50 ms: ${long} by the clock, ${longCpu} of the thread`,
  );
  await memory(page, Number(values.minutes));
  leaving.abort();
  await changing;
  await page.close();
}

async function scroll(page: Page, ms: number): Promise<void> {
  await page.mouse.move(700, 500);
  const end = Date.now() + ms;
  for (let turn = 0; Date.now() < end; turn++) {
    await page.mouse.wheel(0, turn % 100 < 50 ? 240 : -240);
    await pause(50);
  }
}

async function memory(page: Page, minutes: number): Promise<void> {
  const session = await page.context().newCDPSession(page);
  await session.send('Performance.enable');
  for (let minute = 0; minute <= minutes; minute++) {
    await session.send('HeapProfiler.collectGarbage');
    const { metrics } = await session.send('Performance.getMetrics');
    const of = (name: string): number => metrics.find((one) => one.name === name)!.value;
    console.log(
      `${minute} min: ${short(of('JSHeapUsedSize') / 1e6)} MB, ${of('Nodes')} nodes, ${of('JSEventListeners')} listeners`,
    );
    if (minute < minutes) await pause(60_000);
  }
}

async function oneRoom(chrome: Browser): Promise<void> {
  const warm = await open('/rooms/RM_0');
  await warm.locator('.bar').first().waitFor();
  await warm.evaluate(`new Promise((painted) => requestAnimationFrame(() => setTimeout(painted)))`);
  const [page] = [warm];
  const firsts: number[] = [];
  for (let turn = 0; turn < 5; turn++) {
    await page.goto('about:blank');
    await page.goto(`${origin}/rooms/RM_0`, { waitUntil: 'commit' });
    firsts.push(
      await page.evaluate<number>(`new Promise((painted) => {
        const look = () => document.querySelector('.bar') ? setTimeout(() => painted(performance.now())) : requestAnimationFrame(look);
        look();
      })`),
    );
  }
  console.log(`A room of ${PEOPLE}: first bars painted after ${firsts.map(short).join(', ')} ms`);
  await page.waitForLoadState('networkidle');
  const box = (await page.locator('.lines').boundingBox())!;
  await page.mouse.move(box.x + 600, 400);
  await page.keyboard.down('Control');
  for (let turn = 0; turn < 5; turn++) await page.mouse.wheel(0, -300);
  await page.keyboard.up('Control');
  const shown = await traced(chrome, page, () => pan(page, 10_000));
  console.log(`Panned for 10 s: ${shown.frames().length} frames, script and layout ${words(shown.frames())}`);
}

async function pan(page: Page, ms: number): Promise<void> {
  const end = Date.now() + ms;
  while (Date.now() < end) {
    await page.mouse.move(1_000, 400);
    await page.mouse.down();
    for (let x = 1_000; x > 700; x -= 5) await page.mouse.move(x, 400);
    for (let x = 700; x < 1_000; x += 5) await page.mouse.move(x, 400);
    await page.mouse.up();
  }
}
