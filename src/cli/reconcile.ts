import { setTimeout as pause } from 'node:timers/promises';
import { parseArgs } from 'node:util';
import type { Database } from '../database/database.js';
import { Writer } from '../erased/writer.js';
import { settingsOfLedgers } from '../settings/ledger-settings.js';
import { readSettings, type Settings } from '../settings/settings.js';
import { LivekitApi, reasonOf } from '../reconcile/livekit-api.js';
import { Reconciler, type Round } from '../reconcile/reconciler.js';
import { inWords } from './finding-in-words.js';
import { onLedger, runCommand } from './on-database.js';

/** A session is over when two polls so far apart lack it. */
const APART_MS = 11_000;

const usage = `npm run reconcile [-- --dry-run]
Asks LiveKit twice, 11 s apart, what it still has, and records what that says about the open sessions.
With --dry-run it only prints what it would record, and why.`;

await runCommand(1, async () => {
  const options = { 'dry-run': { type: 'boolean', default: false }, help: { type: 'boolean', short: 'h' } } as const;
  const { 'dry-run': isDry, help } = parseArgs({ options }).values;
  if (help) return console.log(usage);
  const settings = readSettings(process.env);
  if (settings.livekitAccounts.size === 0) throw new Error('Set LIVEKIT_URL to say which LiveKit to ask.');
  for (const one of settingsOfLedgers(settings)) {
    const { livekitAccounts } = one;
    if (livekitAccounts.size === 0) continue;
    await runCommand(1, () => onLedger(one, (database) => reconcile(database, livekitAccounts, isDry)));
  }
});

async function reconcile(database: Database, accounts: Settings['livekitAccounts'], isDry: boolean): Promise<void> {
  const writer = new Writer(database);
  const reconcilers = Array.from(
    accounts,
    ([project, account]) => new Reconciler(writer, project, new LivekitApi(account)),
  );
  for (const reconciler of reconcilers) await reconciler.judge(Date.now());
  console.log(`Asked once; asking again in ${APART_MS / 1000} s.`);
  await pause(APART_MS);
  for (const reconciler of reconcilers) {
    const round = await reconciler.judge(Date.now());
    if (!isDry) await reconciler.record(round, Date.now());
    print(reconciler.project, round, isDry ? 'would be recorded' : 'are recorded');
  }
}

function print(project: string, { findings, sightings, failures }: Round, verb: string): void {
  for (const finding of findings) console.log(`${project}: ${inWords(finding)}`);
  for (const [part, failure] of failures) {
    console.log(`${project}: LiveKit does not tell its ${part}: ${reasonOf(failure)}. Nothing of that is judged.`);
  }
  if (failures.has('rooms')) process.exitCode = 1;
  console.log(`${project}: ${findings.length} findings ${verb}, ${sightings.length} sessions are confirmed.`);
}
