// Generates Prisma's client and compiles src to dist: node scripts/build.mjs [--where-changed]
import { spawnSync } from 'node:child_process';
import { fileURLToPath } from 'node:url';
import { isFresh, mark, stampOf } from './stamp.mjs';

const root = fileURLToPath(new URL('..', import.meta.url));
const file = 'dist/.stamp';
const sources = ['src', 'prisma/schema.prisma', 'package-lock.json', 'tsconfig.json', 'nest-cli.json', '.swcrc'];

/** @param {{ onlyWhereChanged: boolean }} options */
export function build({ onlyWhereChanged }) {
  process.chdir(root);
  const stamp = stampOf(sources, (path) => path === 'src/generated' || path.endsWith('.spec.ts'));
  if (onlyWhereChanged && isFresh(file, stamp)) return;
  run('scripts/generate.mjs');
  run('node_modules/@nestjs/cli/bin/nest.js', 'build');
  mark(file, stamp);
}

/** What builders say is no output of the program that comes after. */
function run(...command) {
  const { status } = spawnSync(process.execPath, command, { stdio: ['ignore', process.stderr, 'inherit'] });
  if (status !== 0) process.exit(status ?? 1);
}

if (process.argv[1] === fileURLToPath(import.meta.url)) {
  build({ onlyWhereChanged: process.argv.includes('--where-changed') });
}
