// npm run bench -- start [--rounds 5]
//
// How long the service takes until it is ready: for the first time (an empty database, all migrations) and
// again; and what it weighs: the packages and bytes of an installation, whole and for production only.
import { execFileSync } from 'node:child_process';
import { cpSync, mkdtempSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { parseArgs } from 'node:util';
import { BenchCluster } from './support/cluster.js';
import { spread, table } from './support/figures.js';
import { Server, service } from './support/server.js';

const { values } = parseArgs({ options: { rounds: { type: 'string', default: '5' } } });
const cluster = await BenchCluster.start();
const [cold, warm]: [number[], number[]] = [[], []];
for (let round = 0; round < Number(values.rounds); round++) {
  const url = await cluster.create(`start_${round}`);
  cold.push(await secondsToReady(url));
  warm.push(await secondsToReady(url));
}
await cluster.stop();
console.log(`Node ${process.version}; ${cluster.version}\n`);
console.log(
  table(
    ['to ready', 's'],
    [
      ['an empty database', spread(cold)],
      ['again', spread(warm)],
    ],
  ),
);
console.log(
  `\n${table(
    ['installation', 'MB', 'packages'],
    [
      ['whole', ...installed([])],
      ['production only', ...installed(['--omit=dev'])],
      ['… without the embedded Postgres', ...installed(['--omit=dev', '--omit=optional'])],
    ],
  )}`,
);

async function secondsToReady(url: string): Promise<number> {
  const began = performance.now();
  const server = await Server.start(service, url);
  const seconds = (performance.now() - began) / 1000;
  await server.stop();
  return seconds;
}

/** Of a fresh installation elsewhere: megabytes and packages. */
function installed(options: readonly string[]): string[] {
  const folder = mkdtempSync(join(tmpdir(), 'roomledger-install-'));
  for (const file of ['package.json', 'package-lock.json']) cpSync(file, join(folder, file));
  const run = (command: string, args: readonly string[]): string =>
    execFileSync(command, args, { cwd: folder, encoding: 'utf8', stdio: ['ignore', 'pipe', 'ignore'] });
  run('npm', ['ci', '--ignore-scripts', '--no-audit', '--no-fund', ...options]);
  const [kib] = run('du', ['-sk', 'node_modules']).split('\t');
  const { packages } = JSON.parse(readFileSync(join(folder, 'node_modules/.package-lock.json'), 'utf8')) as {
    packages: object;
  };
  rmSync(folder, { recursive: true });
  return [String(Math.round(Number(kib) / 1024)), String(Object.keys(packages).length)];
}
