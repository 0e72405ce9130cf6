import { expect, onTestFinished, test } from 'vitest';
import { readFileSync } from 'node:fs';
import { createDatabase } from '../support/database.js';
import { query } from '../support/embedded.js';
import { runService } from '../support/process.js';
import { forge, sha256 } from '../support/sign.js';

/** What LiveKit allows, each character as an escape of six: 512 KiB of metadata three times, 64 KiB of attributes. */
function largeJob(number: number): string {
  const metadata = '\u0001'.repeat(512 * 1024);
  const attributes = { a: '\u0001'.repeat(64 * 1024) };
  const room = { sid: 'RM_1', name: `large ${number}`, metadata };
  const participant = { sid: 'PA_1', identity: 'ann', metadata, attributes };
  return JSON.stringify({
    id: `EV_${number}`,
    event: 'agent_job_started',
    job: { id: `AJ_${number}`, metadata, room, participant },
  });
}

async function post(url: string, body: string): Promise<number> {
  const claims = { iss: 'devkey', exp: Math.floor(Date.now() / 1000) + 300, sha256: sha256(body) };
  const headers = { authorization: forge({ claims, secret: 'secret' }), 'content-type': 'application/webhook+json' };
  // A refused body is not read: its sender may find the connection closed before it reads the refusal.
  return fetch(`${url}/webhook`, { method: 'POST', body, headers }).then(
    ({ status }) => status,
    () => 503,
  );
}

test(
  'many of the largest events at once are taken or refused for a while, never an ordinary one',
  { timeout: 120_000 },
  async () => {
    const database = await createDatabase();
    onTestFinished(database.drop);
    const { child, ready } = runService({ DATABASE_URL: database.url });
    const url = await ready;
    expect(await post(url, largeJob(0))).toBe(200);
    const large = Array.from({ length: 12 }, (_, index) => post(url, largeJob(index + 1)));
    const ordinary = Array.from({ length: 50 }, (_, index) => {
      return post(
        url,
        JSON.stringify({ id: `EV_s${index}`, event: 'room_started', room: { sid: `RM_${index}`, name: 'small' } }),
      );
    });
    expect(new Set(await Promise.all(ordinary))).toEqual(new Set([200]));
    const statuses = await Promise.all(large);
    expect(statuses.filter((status) => status !== 200 && status !== 503)).toEqual([]);
    const taken = statuses.filter((status) => status === 200).length;
    expect(taken).toBeGreaterThanOrEqual(4);
    expect(await query(database.url, 'select count(*)::int from agent_job')).toEqual([{ count: taken + 1 }]);
    const peak = /VmHWM:\s+(\d+) kB/.exec(readFileSync(`/proc/${child.pid}/status`, 'utf8'));
    expect(Number(peak?.[1] ?? 0)).toBeLessThan(1_500_000);
  },
);
