import { parseArgs } from 'node:util';
import { requireLedger } from '../database/prepare.js';
import { withPreferredTls } from '../database/tls.js';
import { type Distribution, distribute, distributionOf, recoverSoon } from '../log/distribute.js';
import { keepingLog, type LogKeeping } from '../log/log-lock.js';
import { whole } from '../settings/values.js';
import { chosenSettings, runCommand, secondsSince } from './on-database.js';
import { readOption } from './option.js';

const usage = `npm run distribute -- [--shards 2] [--dry-run] [--project acme]
Spreads the log of the service's database over the workers of Citus; all other tables stay on the coordinator. It reads
DATABASE_URL, or with --project DATABASE_URLS, which leads to the coordinator. Stop every service first. There is no way back but a dump.
--shards is how many a worker has. With --dry-run it only says what it would do.`;

await runCommand(1, async () => {
  const options = {
    shards: { type: 'string', default: '2' },
    'dry-run': { type: 'boolean', default: false },
    project: { type: 'string' },
    help: { type: 'boolean', short: 'h' },
  } as const;
  const { values } = parseArgs({ options });
  if (values.help) return console.log(usage);
  const shards = readOption('shards', values.shards, whole(1, 128));
  const { databaseUrl } = chosenSettings(values.project);
  if (databaseUrl === null)
    throw new Error('Set DATABASE_URL to the coordinator: the embedded Postgres has no workers.');
  const url = await withPreferredTls(databaseUrl);
  await requireLedger(url);
  const begun = await keepingLog(url, { wait: false }, (keeping) =>
    work(keeping, { shards, dryRun: values['dry-run'] }),
  );
  if (begun === null) throw new Error('Stop every service and command first: one of them works on the log.');
});

async function work({ client }: LogKeeping, { shards, dryRun }: { shards: number; dryRun: boolean }): Promise<true> {
  const began = performance.now();
  const distribution = await distributionOf(client, shards);
  console.log(`${dryRun ? 'Would distribute' : 'Distributing'} ${inWords(distribution)}.`);
  if (dryRun) return true;
  await distribute(client, distribution);
  console.log(`Distributed in ${secondsSince(began)}.`);
  const left = await recoverSoon(client);
  if (left !== null) console.log(left);
  return true;
}

function inWords({ rows, bytes, partitions, workers, shards }: Distribution): string {
  const size = `${rows} events (${(bytes / 2 ** 20).toFixed(1)} MiB) in ${partitions} partitions`;
  return `the log, ${size}, over ${workers.length} workers (${workers.join(', ')}), in ${shards} shards`;
}
