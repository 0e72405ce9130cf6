import { setTimeout as pause } from 'node:timers/promises';
import { parseArgs } from 'node:util';
import { readSettings } from '../settings/settings.js';
import { Database } from '../database/database.js';
import { LivekitApi, reasonOf } from '../reconcile/livekit-api.js';
import { Reconciler, type Round } from '../reconcile/reconciler.js';
import { inWords } from './finding-in-words.js';
import { onDatabase } from './on-database.js';

/** A session is over when two polls so far apart lack it. */
const APART_MS = 11_000;

const { values } = parseArgs({ options: { 'dry-run': { type: 'boolean', default: false } } });
const settings = readSettings(process.env);

await onDatabase(async (url) => {
  if (settings.livekitAccounts.size === 0) throw new Error('Set LIVEKIT_URL to say which LiveKit to ask.');
  const database = new Database(url, settings.statementTimeoutMs);
  try {
    const reconcilers = Array.from(
      settings.livekitAccounts,
      ([project, account]) => new Reconciler(database.intake, project, new LivekitApi(account)),
    );
    for (const reconciler of reconcilers) await reconciler.judge(Date.now());
    console.log(`Asked once; asking again in ${APART_MS / 1000} s.`);
    await pause(APART_MS);
    for (const reconciler of reconcilers) {
      const round = await reconciler.judge(Date.now());
      print(reconciler.project, round);
      if (!values['dry-run']) await reconciler.record(round, Date.now());
    }
  } finally {
    await database.onApplicationShutdown();
  }
}, 1);

function print(project: string, { findings, sightings, failures }: Round): void {
  for (const finding of findings) console.log(`${project}: ${inWords(finding)}`);
  for (const [part, failure] of failures) {
    console.log(`${project}: LiveKit does not tell its ${part}: ${reasonOf(failure)}. Nothing of that is judged.`);
  }
  if (failures.has('rooms')) process.exitCode = 1;
  const verb = values['dry-run'] ? 'would be recorded' : 'are recorded';
  console.log(`${project}: ${findings.length} findings ${verb}, ${sightings.length} sessions are confirmed.`);
}
