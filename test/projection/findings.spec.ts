import fc from 'fast-check';
import { afterAll, beforeAll, expect, it } from 'vitest';
import { commitEvents } from '../../harness/commit-events.js';
import { Database } from '../../src/database/database.js';
import { readEvent, type LedgerEvent } from '../../src/livekit/event.js';
import { readBody } from '../../src/webhook/read-body.js';
import { findingEvent, type Conclusion, type Finding } from '../../src/projection/finding.js';
import { verify } from '../../src/rebuild/verify.js';
import { judgedColumns, judgedOf, kinds, sessionKinds } from '../../src/upkeep/open-sessions.js';
import { amount, seed } from '../support/amount.js';
import { history } from '../support/arbitrary-history.js';
import { tablesOf } from '../support/commits.js';
import { createDatabase, type TestDatabase } from '../support/database.js';
import { shuffled } from '../support/histories.js';
import { worldHistory } from '../support/world/history.js';

const arrival = Date.UTC(2026, 2, 3);

let home: TestDatabase;
let database: Database;
let projects = 0;

beforeAll(async () => {
  home = await createDatabase();
  database = new Database(home.url, 10_000);
});
afterAll(async () => {
  await database.onApplicationShutdown();
  await home.drop();
});

it.each<[string, fc.Arbitrary<readonly object[]>]>([
  ['that need not keep to LiveKit’s world', history],
  ['of LiveKit’s world', worldHistory],
])(
  'gives one set of tables wherever findings come among events %s',
  async (_, histories) => {
    await fc.assert(
      fc.asyncProperty(histories, fc.nat(), async (told, chance) => {
        const bodies = told.map((event) => Buffer.from(JSON.stringify(event)));
        const known = chance % (bodies.length + 1);
        const scout = `scout${projects++}`;
        const read = (project: string) => bodies.map((body) => readEvent(project, readBody(body), arrival));
        await commitAll([read(scout).slice(0, known)]);
        const findings = await findingsAbout(scout, chance);
        const ways = [
          (all: LedgerEvent[]) => all.map((event) => [event]),
          (all: LedgerEvent[]) => [all],
          (all: LedgerEvent[]) => [...all].reverse().map((event) => [event]),
          (all: LedgerEvent[]) => {
            const mixed = shuffled([...all, ...all], chance);
            return [mixed.slice(0, all.length), mixed.slice(all.length)];
          },
        ];
        const [first, ...others] = await Promise.all(
          ways.map(async (batchesOf) => {
            const project = `p${projects++}`;
            const events = read(project);
            const about = findings.map((finding, at) => ofProject(project, finding, at));
            await commitAll(batchesOf([...events.slice(0, known), ...about, ...events.slice(known)]));
            return tablesOf(database, project);
          }),
        );
        for (const other of others) expect(other).toEqual(first);
      }),
      { numRuns: amount('LAW_RUNS'), seed },
    );
    expect(await verify(database.url)).toMatchObject({ differing: 0, differences: [], marks: 0 });
  },
  3_600_000,
);

function ofProject(project: string, finding: Finding, at: number): LedgerEvent {
  return findingEvent({ ...finding, session: { ...finding.session, project } }, String(at), arrival);
}

async function commitAll(batches: readonly LedgerEvent[][]): Promise<void> {
  for (const batch of batches.filter(({ length }) => length > 0)) await commitEvents(database.intake, batch);
}

/** Something about every second session, of every kind there is. */
async function findingsAbout(project: string, chance: number): Promise<Finding[]> {
  const findings: Finding[] = [];
  for (const kind of sessionKinds) {
    const text = `select ${judgedColumns(kind)} from ${kinds[kind].table} s where project = $1 order by 2, 3`;
    const { rows } = await database.queries.query<object>(text, [project]);
    for (const row of rows) {
      const judged = judgedOf(kind, row);
      const choice = (chance + findings.length * 7 + judged.lastSeenAt / 1000) % 6;
      const conclusion = conclusions(judged.lastSeenAt)[choice];
      if (conclusion) findings.push({ ...judged, conclusion });
    }
  }
  return findings;
}

function conclusions(lastSeenAt: number): Conclusion[] {
  const decision = { name: 'corrected', decidedAt: arrival, by: 'ada', reason: 'she said so' } as const;
  return [
    { name: 'reconciled', missedAt: lastSeenAt + 3000, polls: [lastSeenAt + 3000, lastSeenAt + 13_000] },
    { name: 'expired', endedAt: lastSeenAt, limitMs: 2000 },
    { ...decision, endedAt: lastSeenAt + 2000 },
    { ...decision, decidedAt: arrival + 1, endedAt: null },
    { name: 'restored', seenAt: lastSeenAt + 2000 },
    { name: 'reconciled', start: lastSeenAt - 1000, ended: null, listed: {} },
  ];
}
