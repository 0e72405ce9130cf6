import fc from 'fast-check';
import { afterAll, beforeAll, expect, it } from 'vitest';
import { Database } from '../../src/database/database.js';
import { amount, seed } from '../support/amount.js';
import { history } from '../support/arbitrary-history.js';
import { commitBatches, problemsOf, type Row, tablesOf } from '../support/commits.js';
import { createDatabase, type TestDatabase } from '../support/database.js';
import { shuffled } from '../support/histories.js';

const arrival = Date.UTC(2026, 2, 3);

let home: TestDatabase;
let database: Database;
let projects = 0;
let properties = 0;

beforeAll(async () => {
  home = await createDatabase();
  database = new Database(home.url, 10_000);
});
afterAll(async () => {
  await database.onApplicationShutdown();
  await home.drop();
});

it(
  'gives one set of tables whatever the order, the batches, the doubles and the writers',
  { timeout: 3_600_000 },
  async () => {
    await fc.assert(
      fc.asyncProperty(history, fc.nat(), async (told, chance) => {
        const events = told.map(withOwnSids(`${++properties}`));
        const mixed = shuffled([...events, ...events], chance);
        const middle = 1 + (chance % mixed.length);
        const halves = [mixed.slice(0, middle), mixed.slice(middle)];
        const [inOrder, ...others] = await Promise.all([
          tablesAfter(events.map((event) => [event])),
          tablesAfter(halves),
          tablesAfter(shuffled(events, chance + 1).map((event) => [event])),
          tablesAfter([...halves].reverse(), true),
        ]);
        for (const other of others) expect(other).toEqual(inOrder);
        expectSound(inOrder);
      }),
      { numRuns: amount('LAW_RUNS'), seed },
    );
  },
);

/** Sids are a history's own, as LiveKit's are. */
function withOwnSids(tag: string): (event: object) => object {
  return (event) => JSON.parse(JSON.stringify(event).replaceAll(/"(RM|PA|TR|EG|RT|AJ)_/g, `"$1_${tag}.`)) as object;
}

/** Commits batches into a project of their own and reads its rows. */
async function tablesAfter(batches: object[][], together = false): Promise<Record<string, Row[]>> {
  const project = `p${projects++}`;
  const arrived = batches.map((batch) =>
    batch.map((event) => ({ body: Buffer.from(JSON.stringify(event)), receivedAt: arrival })),
  );
  await commitBatches(database, project, { batches: arrived, together });
  expect(await problemsOf(database, project)).toEqual([]);
  return tablesOf(database, project);
}

/** No end before a start, nobody present in an ended room, counts that are their rows'. */
function expectSound(tables: Record<string, Row[]>): void {
  for (const row of Object.values(tables).flat()) {
    if (row['ended_at'] != null)
      expect(Date.parse(String(row['ended_at']))).toBeGreaterThanOrEqual(Date.parse(String(row['started_at'])));
  }
  for (const room of tables['room'] ?? []) {
    const people = (tables['participant'] ?? []).filter(
      (row) => row['room_sid'] === room['sid'] && row['room_name'] === room['room_name'],
    );
    const counted = people.filter((row) => row['counted']);
    expect(room['participant_count']).toBe(counted.filter((row) => row['ended_at'] === null).length);
    expect(room['participant_session_count']).toBe(counted.length);
    if (room['ended_at'] !== null) expect(people.filter((row) => row['ended_at'] === null)).toEqual([]);
  }
}
