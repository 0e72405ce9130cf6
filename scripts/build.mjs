// Generates Prisma's client and compiles src to dist: node scripts/build.mjs [--where-changed]
import { spawnSync } from 'node:child_process';
import { existsSync, renameSync, rmSync, writeFileSync } from 'node:fs';
import { fileURLToPath } from 'node:url';
import { generate } from './generate.mjs';
import { lock } from './lock.mjs';
import { isFresh, mark, stampOf } from './stamp.mjs';

const root = fileURLToPath(new URL('..', import.meta.url));
const file = 'dist/.stamp';
const sources = ['src', 'prisma/schema.prisma', 'package-lock.json', 'tsconfig.json', 'nest-cli.json', '.swcrc'];
const folder = '.build';
/** Beside dist, because source maps hold relative paths. */
const draft = 'dist.new';
const old = 'dist.old';

/**
 * Builds under the checkout's lock. Callers may hold the lock until their program is loaded, so that no other build
 * replaces dist meanwhile.
 * @returns releases the lock; null: the build failed, and dist is as it was
 */
export async function build({ onlyWhereChanged }) {
  process.chdir(root);
  const release = await lock(folder);
  if ((onlyWhereChanged && isFresh(file, stamp())) || compile()) return release;
  release();
  return null;
}

const stamp = () => stampOf(sources, (path) => path === 'src/generated' || path.endsWith('.spec.ts'));

/** npm leaves them out where NODE_ENV is production. */
const tools = ['prisma', '@nestjs/cli', '@swc/core'];

function compile() {
  const missing = tools.filter((name) => !existsSync(`node_modules/${name}/package.json`));
  if (missing.length > 0) {
    console.error(`The build needs ${missing.join(', ')}, which are not installed. Run npm install --include=dev.`);
    return false;
  }
  const before = stamp();
  if (!generate()) return false;
  writeFileSync(
    `${folder}/tsconfig.json`,
    JSON.stringify({ extends: '../tsconfig.json', include: ['../src'], compilerOptions: { outDir: `../${draft}` } }),
  );
  const command = ['node_modules/@nestjs/cli/bin/nest.js', 'build', '--path', `${folder}/tsconfig.json`];
  // To stderr: stdout belongs to the program that runs next.
  const { status } = spawnSync(process.execPath, command, { stdio: ['ignore', process.stderr, 'inherit'] });
  if (status !== 0) return false;
  mark(`${draft}/.stamp`, before);
  exchange();
  return true;
}

function exchange() {
  rmSync(old, { recursive: true, force: true });
  if (existsSync('dist')) renameSync('dist', old);
  renameSync(draft, 'dist');
  rmSync(old, { recursive: true, force: true });
}

if (process.argv[1] === fileURLToPath(import.meta.url)) {
  const release = await build({ onlyWhereChanged: process.argv.includes('--where-changed') });
  if (release) release();
  else process.exitCode = 1;
}
