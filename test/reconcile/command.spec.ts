import { expect, it, onTestFinished } from 'vitest';
import { Database } from '../../src/database/database.js';
import { commitBatches } from '../support/commits.js';
import { createDatabase } from '../support/database.js';
import { LivekitServer } from '../support/livekit-server.js';
import { type Ended, runProgram } from '../support/process.js';
import { ToyLivekit } from '../support/toy-livekit.js';

const began = Date.now() - 3_600_000;

/** Runs it where ada's webhook told of a room that is gone, and LiveKit has another with ben in it. */
async function run(args: string[], changed: object = {}): Promise<Ended & { rows: unknown[] }> {
  const home = await createDatabase();
  const database = new Database(home.url, 10_000);
  const livekit = new ToyLivekit();
  const server = await LivekitServer.start(livekit.answer);
  onTestFinished(async () => {
    await server.stop();
    await database.onApplicationShutdown();
    await home.drop();
  });
  const ben = { sid: 'PA_2', identity: 'ben', joinedAt: began };
  livekit.rooms = [{ sid: 'RM_2', name: 'weekly', createdAt: began, people: [ben] }];
  const event = {
    event: 'participant_joined',
    id: 'EV_1',
    createdAt: String(Math.floor(began / 1000)),
    room: { sid: 'RM_1', name: 'daily', creationTimeMs: String(began) },
    participant: { sid: 'PA_1', identity: 'ada', joinedAtMs: String(began) },
  };
  const arrived = { body: Buffer.from(JSON.stringify(event)), receivedAt: began };
  await commitBatches(database, 'default', { batches: [[arrived]] });
  const keys = { LIVEKIT_API_KEY: 'devkey', LIVEKIT_API_SECRET: 'secret' };
  const env = { DATABASE_URL: home.url, LIVEKIT_URL: server.account.url, ...keys, ...changed };
  const ended = await runProgram('cli/reconcile', env, args).ended;
  const { rows } = await database.queries.query(
    `select sid, end_source from room union all select sid, end_source from participant order by sid`,
  );
  return { ...ended, rows };
}

it('says what it would do and why, and does it unless told not to', async () => {
  const [dry, real] = await Promise.all([run(['--dry-run']), run([])]);
  const at = String.raw`\d{4}-\d\d-\d\dT[\d:.]+Z`;
  const lack = `when it was last seen: LiveKit did not have it at ${at} and ${at}`;
  const has = 'LiveKit has it, and no webhook told of it';
  const lines = dry.output.trim().split('\n');
  expect(lines).toEqual([
    expect.stringMatching(/^Database: \S+ at \S+$/),
    'Asked once; asking again in 11 s.',
    expect.stringMatching(new RegExp(String.raw`^default: ROOM RM_1 \(daily\) ends at ${at}, ${lack}$`)),
    expect.stringMatching(new RegExp(String.raw`^default: ROOM RM_2 \(weekly\) begins at ${at}: ${has}$`)),
    expect.stringMatching(new RegExp(String.raw`^default: PARTICIPANT PA_1 \(ada in daily\) ends at ${at}, ${lack}$`)),
    expect.stringMatching(
      new RegExp(String.raw`^default: PARTICIPANT PA_2 \(ben in weekly\) begins at ${at}: ${has}$`),
    ),
    expect.stringMatching(/^default: LiveKit|^default: 4 findings would be recorded, 2 sessions are confirmed\.$/),
  ]);
  expect(dry.code).toBe(0);
  expect(dry.rows).toEqual([
    { sid: 'PA_1', end_source: null },
    { sid: 'RM_1', end_source: null },
  ]);
  expect(real.output).toContain('default: 4 findings are recorded, 2 sessions are confirmed.');
  expect(real.rows).toEqual([
    { sid: 'PA_1', end_source: 'RECONCILED' },
    { sid: 'PA_2', end_source: null },
    { sid: 'RM_1', end_source: 'RECONCILED' },
    { sid: 'RM_2', end_source: null },
  ]);
});

it('says why LiveKit does not answer, and which setting is missing', async () => {
  const [wrong, missing] = await Promise.all([
    run([], { LIVEKIT_API_SECRET: 'a-wrong-secret' }),
    run([], { LIVEKIT_URL: '' }),
  ]);
  expect(wrong.output).toContain('default: LiveKit does not tell its rooms: 401 invalid token.');
  expect(wrong.output).toContain('default: 0 findings are recorded, 0 sessions are confirmed.');
  expect(wrong.code).toBe(1);
  expect(missing.errors).toBe('Set LIVEKIT_URL to say which LiveKit to ask.\n');
  expect(missing.code).toBe(1);
});
