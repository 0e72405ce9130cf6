import { existsSync, mkdtempSync, readdirSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { expect, onTestFinished } from 'vitest';
import { play } from '../../src/cli/simulate/play.js';
import { createDatabase } from './database.js';
import { Proxy } from './proxy.js';
import type { Service } from './service.js';

export type Event = Record<string, unknown> & { id: string };

/** A way to a database of one's own, removed after the test. */
export async function openWay(): Promise<{ proxy: Proxy; direct: string }> {
  const database = await createDatabase();
  const proxy = await new Proxy(new URL(database.url)).open();
  onTestFinished(() => database.drop());
  onTestFinished(() => proxy.cut().catch(() => undefined));
  return { proxy, direct: database.url };
}

export function spoolFolder(): string {
  const folder = mkdtempSync(join(tmpdir(), 'roomledger-spool-'));
  onTestFinished(() => rmSync(folder, { recursive: true, force: true }));
  return join(folder, 'spool');
}

/** Events of rooms that run side by side in the minute before `now` (ms). */
export function events(count: number, now = Date.now()): Event[] {
  const messages = [...play({ seed: 5, rooms: 8, count, from: now - 60_000, to: now })];
  return messages.map(({ body }) => ({ ...body, id: String(body['id']) }));
}

/** The statuses of all, posted at once. */
export async function postAll(service: Service, some: readonly Event[]): Promise<number[]> {
  const answers = await Promise.all(some.map((event) => service.post(JSON.stringify(event))));
  return answers.map(({ status }) => status);
}

export const allTaken = new Set([200]);

export async function healthOf(
  url: string,
): Promise<{ status: number; intake: string; blocked: number; entries: number }> {
  const response = await fetch(`${url}/health`);
  const { intake, blocked, spool } = (await response.json()) as {
    intake: string;
    blocked: number;
    spool: { entries: number };
  };
  return { status: response.status, intake, blocked, entries: spool.entries };
}

/** Waits until the database has it all. */
export async function untilDrained(url: string): Promise<void> {
  const drained = { status: 200, intake: 'committing', blocked: 0, entries: 0 };
  await expect.poll(() => healthOf(url), { timeout: 20_000, interval: 50 }).toEqual(drained);
}

/** The bytes of all files in a folder, some of which may go meanwhile. */
export function bytesIn(folder: string): Buffer {
  const files = readdirSync(folder).map((name) => join(folder, name));
  return Buffer.concat(files.map((file) => (existsSync(file) ? readFileSync(file) : Buffer.alloc(0))));
}
