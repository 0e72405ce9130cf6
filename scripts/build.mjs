// Generates Prisma's client, compiles src to dist and web to dist/web: node scripts/build.mjs [--where-changed]
import { spawnSync } from 'node:child_process';
import { existsSync, renameSync, rmSync, writeFileSync } from 'node:fs';
import { fileURLToPath } from 'node:url';
import { generate } from './generate.mjs';
import { lock } from './lock.mjs';
import { isFresh, mark, stampOf } from './stamp.mjs';

const root = fileURLToPath(new URL('..', import.meta.url));
const file = 'dist/.stamp';
const sources = ['src', 'web', 'prisma/schema.prisma', 'package-lock.json', 'tsconfig.json', 'nest-cli.json', '.swcrc'];
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

const generated = new Set(['src/generated', 'web/generated']);
const stamp = () => stampOf(sources, (path) => generated.has(path) || path.endsWith('.spec.ts'));

/** npm leaves them out where NODE_ENV is production. */
const tools = ['prisma', '@nestjs/cli', '@swc/core', 'vite', 'preact'];

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
  const service = ['node_modules/@nestjs/cli/bin/nest.js', 'build', '--path', `${folder}/tsconfig.json`];
  const page = [
    'node_modules/vite/bin/vite.js',
    'build',
    '--config',
    'web/vite.config.ts',
    '--outDir',
    `../${draft}/web`,
  ];
  if (![service, page].every(run)) return false;
  mark(`${draft}/.stamp`, before);
  exchange();
  return true;
}

function run(command) {
  // To stderr: stdout belongs to the program that runs next.
  return spawnSync(process.execPath, command, { stdio: ['ignore', process.stderr, 'inherit'] }).status === 0;
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
