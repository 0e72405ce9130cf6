import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { Writer } from '../../src/erased/writer.js';
import { rebuild } from '../../src/rebuild/rebuild.js';
import { verify } from '../../src/rebuild/verify.js';
import { LivekitApi } from '../../src/reconcile/livekit-api.js';
import { Reconciler } from '../../src/reconcile/reconciler.js';
import { askAll, expectRows } from '../support/answers.js';
import { commitBatches } from '../support/commits.js';
import { type Expected, type ExpectedRow, type List, lists, recordings, type Recording } from '../support/histories.js';
import { lateTruths } from '../support/late-truths.js';
import { LivekitServer } from '../support/livekit-server.js';
import { RecordedLivekit } from '../support/recorded-livekit.js';
import { startService, type Service } from '../support/service.js';
import { dumpTables } from '../support/tables.js';
import { errorsOf } from '../support/truth.js';

const MINUTE = 60_000;
/** Nobody's webhook was lost. */
const whole = ['api-steady', 'api-stale', 'api-ghosts'];
const polled = [
  'api-crash',
  'api-redis-orphan',
  'api-redis-live-list',
  'api-outage',
  'api-errors',
  'api-egress-ingress',
  ...whole,
];
/** Rounds fall into other moments of the recording. */
const paces = [11_000, 13_700, 4_300];

let now = 0;
let service: Service;
const all = recordings().filter(({ name }) => polled.includes(name));

beforeAll(async () => {
  const projects = all.flatMap(({ name }) => paces.map((pace) => `${name}_${pace}`));
  const keys = new Map(projects.map((project) => [project, { secret: 'secret', project }]));
  service = await startService({ clock: { now: () => now }, settings: { keys } });
});
afterAll(() => service.stop());

describe.each(all.flatMap((recording) => paces.map((pace) => ({ ...recording, pace }))))(
  'beside the recording $name, asking every $pace ms, reconciliation',
  (recording) => {
    const { name, deliveries, pace } = recording;
    const project = `${name}_${pace}`;
    const livekit = new RecordedLivekit(name);
    let server: LivekitServer;
    let rows: Expected;
    const closedAlive: unknown[] = [];

    const ask = async (): Promise<Expected> =>
      askAll(service, await service.token({ roomList: true }, { key: project }));

    beforeAll(async () => {
      server = await LivekitServer.start(livekit.answer);
      const reconciler = new Reconciler(new Writer(service.database), project, new LivekitApi(server.account));
      let told = 0;
      const end = livekit.lastPoll + 12 * MINUTE;
      for (let at = livekit.facts.startedAt + pace; at < end; at += at < livekit.lastPoll + MINUTE ? pace : MINUTE) {
        now = livekit.now = at;
        const heard = deliveries.filter(({ receivedAt }) => receivedAt <= at).slice(told);
        told += heard.length;
        await commitBatches(service.database, project, { batches: heard.map((one) => [one]) });
        await reconciler.record(await reconciler.judge(at), at);
        closedAlive.push(...(await closedBut(livekit, project)));
      }
      rows = await ask();
    });
    afterAll(() => server.stop());

    it('leaves nothing open that LiveKit does not have, and creates what it has', () => {
      expect(openOf(rows.participants)).toEqual(
        livekit
          .connected()
          .map(({ sid }) => sid)
          .sort(),
      );
      expect(openOf(rows.rooms)).toEqual(livekit.hosted().sort());
    });

    it('never ended what LiveKit had', () => {
      expect(closedAlive).toEqual([]);
    });

    it('has every time that it found within its uncertainty of the truth', () => {
      expect(errorsOf(rows, livekit)).toEqual([]);
    });

    it('changes nothing of what webhooks told', () => {
      expectRows(onlyTold(rows, recording), onlyTold(recording.expected, recording));
    });

    it('is overridden by each true event that comes late', async () => {
      const found = lists.flatMap((list) => rows[list]).filter(isFound);
      expect(found.length > 0).toBe(!whole.includes(name));
      const bodies = lateTruths(rows, livekit).map((event) => Buffer.from(JSON.stringify(event)));
      const late = bodies.map((body) => ({ body, receivedAt: now }));
      await commitBatches(service.database, project, { batches: [late] });
      const after = await ask();
      const ids = new Set(found.map(({ id }) => id));
      const still = lists.flatMap((list) => after[list]).filter((row) => ids.has(row.id) && isFound(row));
      expect(still).toEqual([]);
    });
  },
);

it('gives tables that a check and a rebuild find again', async () => {
  expect(await verify(service.database.url)).toMatchObject({ differing: 0, differences: [] });
  const live = await dumpTables(service.database);
  await rebuild(service.database.url);
  expect(await dumpTables(service.database)).toEqual(live);
});

function openOf(rows: readonly ExpectedRow[]): string[] {
  return rows
    .filter(({ active }) => active)
    .map(({ id }) => id)
    .sort();
}

function isFound(row: ExpectedRow): boolean {
  return row['startSource'] === 'RECONCILED' || row['endSource'] === 'RECONCILED';
}

/** Rooms and people that were judged to be over, and are not. */
async function closedBut(livekit: RecordedLivekit, project: string): Promise<unknown[]> {
  const there = [...livekit.hosted(), ...livekit.connected().map(({ sid }) => sid)];
  const { rows } = await service.database.queries.query(
    `select * from (select project, sid, end_source, ended_at from room
      union all select project, sid, end_source, ended_at from participant) s
      where project = $1 and sid = any($2) and end_source in ('RECONCILED', 'EXPIRED')`,
    [project, there],
  );
  return rows.map((row) => ({ ...(row as object), at: livekit.now }));
}

/** Rows that LiveKit told from beginning to end; of a recording without a loss all, open ones too. */
function onlyTold(rows: Expected, { name, expected }: Recording): Expected {
  const whatMoves = ['lastSeenAt'];
  if (!whole.includes(name)) whatMoves.push(...ofPeople);
  const told = (list: List): Set<string> =>
    new Set(
      expected[list]
        .filter((row) => row['startSource'] === 'REPORTED' && (whole.includes(name) || row['endSource'] === 'REPORTED'))
        .map(({ id }) => id),
    );
  const cut = (list: List): ExpectedRow[] => {
    const ids = told(list);
    const kept = rows[list].filter(({ id }) => ids.has(id));
    return kept.map((row) =>
      Object.fromEntries(Object.entries(row).filter(([key]) => !whatMoves.includes(key))),
    ) as never;
  };
  return Object.fromEntries(lists.map((list) => [list, cut(list)])) as Expected;
}

/** Of a room, what its people add up to. */
const ofPeople = [
  'participantCount',
  'peakParticipantCount',
  'participantSessionCount',
  'identityCount',
  'participantSeconds',
  'recording',
];
