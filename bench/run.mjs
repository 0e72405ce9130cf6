// npm run bench -- <name> [options]     intake, memory, start, …: the programs beside this file
//
// Installs what only benchmarks need (the peers, Node 24), builds the service, and runs bench/<name>.ts
// on Node 24; with BENCH_NODE=own on the Node that runs this.
import { spawn, spawnSync } from 'node:child_process';
import { existsSync, readdirSync } from 'node:fs';
import { fileURLToPath } from 'node:url';
import { build } from '../scripts/build.mjs';
import { isFresh, mark, stampOf } from '../scripts/stamp.mjs';

process.chdir(fileURLToPath(new URL('..', import.meta.url)));
const [name = '', ...options] = process.argv.slice(2);
if (!/^[a-z-]+$/.test(name) || !existsSync(`bench/${name}.ts`)) {
  const names = readdirSync('bench').flatMap((file) => file.match(/^(.+)\.ts$/)?.[1] ?? []);
  console.error(`usage: npm run bench -- <${names.join('|')}> [options]`);
  process.exit(1);
}
install();
build({ onlyWhereChanged: true });
const program = ['--import', './bench/support/typescript.mjs', `bench/${name}.ts`, ...options];
const running = spawn(node(), program, { stdio: 'inherit' });
for (const signal of ['SIGINT', 'SIGTERM']) process.on(signal, () => running.kill(signal));
running.on('exit', (status) => process.exit(status ?? 1));

function install() {
  const stamp = stampOf(['bench/package.json', 'bench/package-lock.json']);
  if (isFresh('bench/node_modules/.stamp', stamp)) return;
  const { status } = spawnSync('npm', ['ci', '--prefix', 'bench', '--no-audit', '--no-fund'], { stdio: 'inherit' });
  if (status !== 0) process.exit(status ?? 1);
  mark('bench/node_modules/.stamp', stamp);
}

function node() {
  const ours = fileURLToPath(
    new URL(`node_modules/node-${process.platform}-${process.arch}/bin/node`, import.meta.url),
  );
  return process.env.BENCH_NODE === 'own' || !existsSync(ours) ? process.execPath : ours;
}
