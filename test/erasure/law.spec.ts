import fc from 'fast-check';
import { afterAll, beforeAll, expect, it } from 'vitest';
import { Database } from '../../src/database/database.js';
import { faultOf } from '../../src/database/failure.js';
import { Writer } from '../../src/erased/writer.js';
import { erase } from '../../src/erasing/erase.js';
import { commit } from '../../src/intake/commit.js';
import { readEvent } from '../../src/livekit/event.js';
import { verify } from '../../src/rebuild/verify.js';
import { readBody } from '../../src/webhook/read-body.js';
import { amount, seed } from '../support/amount.js';
import { tablesOf } from '../support/commits.js';
import { createDatabase, type TestDatabase } from '../support/database.js';
import { channelled } from '../support/world/history.js';
import type { SentEvent } from '../support/world/world.js';

const arrival = Date.UTC(2026, 2, 3);
const identity = 'sip_+49301234567';

let home: TestDatabase;
let database: Database;
let writer: Writer;
let projects = 0;

beforeAll(async () => {
  home = await createDatabase();
  database = new Database(home.url, 60_000, { erasureKey: 'a key of at least thirty-two characters' });
  writer = new Writer(database);
});
afterAll(async () => {
  await database.onApplicationShutdown();
  await home.drop();
});

/** Tries again what waits for an erasure, as intake does. */
async function take(project: string, deliveries: readonly SentEvent[]): Promise<void> {
  let left = deliveries.map((event) => readEvent(project, readBody(bodyOf(project, event)), arrival));
  while (left.length > 0) {
    const { failures } = await commit(writer, left);
    for (const failure of failures) if (failure && faultOf(failure.error) !== 'conflict') throw failure.error;
    left = left.filter((_, at) => failures[at] !== null);
  }
}

type Ways = [first: string, second: string, racing: string, never: string];

async function takeSlowly(project: string, deliveries: readonly SentEvent[]): Promise<void> {
  for (let at = 0; at < deliveries.length; at += 3) await take(project, deliveries.slice(at, at + 3));
}

/** Sids are a history's own; one of its people is a caller, and one of its rooms is named after the number. */
function bodyOf(project: string, event: SentEvent): Buffer {
  const own = JSON.stringify(event).replaceAll(/"(RM|PA|TR|EG|RT|AJ)_/g, `"$1_${project}.`);
  return Buffer.from(own.replaceAll('"ada"', JSON.stringify(identity)).replaceAll('"daily"', '"call-_+49301234567_x"'));
}

/** Every row. Pseudonyms and sids are a project's own. */
async function comparable(project: string): Promise<string[]> {
  const own = (text: string): string =>
    text.replaceAll(/erased-[0-9a-f]{16}/g, 'erased').replaceAll(`_${project}.`, '_');
  const tables = Object.entries(await tablesOf(database, project));
  return tables.flatMap(([table, rows]) => rows.map((row) => own(`${table} ${JSON.stringify(row)}`))).sort();
}

async function loggedTexts(projects: readonly string[]): Promise<unknown[]> {
  const { rows } = await database.queries.query(
    `select project, id, event, participant_sid, payload from webhook_event where project = any($1) and payload::text like '%49301234567%'`,
    [projects],
  );
  return rows;
}

const runs = Math.max(8, amount('LAW_RUNS') / 5);

it(`gives one set of tables whenever the person is erased, in ${runs} histories`, { timeout: 3_600_000 }, async () => {
  await fc.assert(
    fc.asyncProperty(channelled, fc.nat(), async ({ deliveries }, chance) => {
      const cut = chance % (deliveries.length + 1);
      const [first, second, racing, never] = ['a', 'b', 'r', 'c'].map((way) => `${way}${projects}`) as Ways;
      projects++;
      const request = (project: string) => ({
        selection: { project, identity },
        by: 'tests',
        now: arrival,
        archive: null,
      });
      await take(first, deliveries);
      await erase(database, request(first));
      await take(second, deliveries.slice(0, cut));
      await erase(database, request(second));
      await take(second, deliveries.slice(cut));
      await take(never, deliveries);
      await Promise.all([takeSlowly(racing, deliveries), erase(database, request(racing))]);
      const [whole, late] = [await comparable(first), await comparable(second)];
      expect(whole.join()).not.toContain('49301234567');
      expect(late).toEqual(whole);
      expect(await comparable(racing)).toEqual(whole);
      expect(await loggedTexts([first, second, racing])).toEqual([]);
      const plain = await comparable(never);
      const named = plain.map((row) => row.replaceAll(identity, 'erased').replaceAll('+49301234567', 'erased'));
      expect(whole).toEqual(named.sort());
    }),
    { numRuns: runs, seed, endOnFailure: process.env['SHRINK'] === undefined },
  );
  expect(await verify(database.url)).toMatchObject({ differing: 0, differences: [], marks: 0 });
});
