// Generates the page's operations, and Prisma's client where the schema or Prisma has changed since.
import { spawnSync } from 'node:child_process';
import { rmSync } from 'node:fs';
import { fileURLToPath } from 'node:url';
import { lock } from './lock.mjs';
import { isFresh, mark, stampOf } from './stamp.mjs';

const file = 'src/generated/prisma/.stamp';

/** In the checkout's folder, under its lock. @returns whether all is there */
export function generate() {
  if (
    spawnSync(process.execPath, ['scripts/web-operations.mjs'], { stdio: ['ignore', 'ignore', 'inherit'] }).status !== 0
  )
    return false;
  const stamp = stampOf(['prisma/schema.prisma', 'prisma.config.ts', 'node_modules/prisma/package.json']);
  if (isFresh(file, stamp)) return true;
  rmSync(file, { force: true });
  // Generating never runs the schema engine, but Prisma downloads one unless this names a file that exists.
  const env = { ...process.env, PRISMA_SCHEMA_ENGINE_BINARY: 'package.json', PRISMA_HIDE_UPDATE_MESSAGE: '1' };
  const { status } = spawnSync(process.execPath, ['node_modules/prisma/build/index.js', 'generate', '--no-hints'], {
    env,
    encoding: 'utf8',
    stdio: ['ignore', 'ignore', 'inherit'],
  });
  if (status === 0) mark(file, stamp);
  return status === 0;
}

if (process.argv[1] === fileURLToPath(import.meta.url)) {
  process.chdir(fileURLToPath(new URL('..', import.meta.url)));
  const release = await lock('.build');
  if (!generate()) process.exitCode = 1;
  release();
}
