// Generates Prisma's client where the schema or Prisma has changed since.
import { spawnSync } from 'node:child_process';
import { fileURLToPath } from 'node:url';
import { isFresh, mark, stampOf } from './stamp.mjs';

process.chdir(fileURLToPath(new URL('..', import.meta.url)));
const file = 'src/generated/prisma/.stamp';
const stamp = stampOf(['prisma/schema.prisma', 'prisma.config.ts', 'node_modules/prisma/package.json']);

if (!isFresh(file, stamp)) {
  // Generating never runs the schema engine, but Prisma downloads one unless this names a file that exists.
  const env = { ...process.env, PRISMA_SCHEMA_ENGINE_BINARY: 'package.json', PRISMA_HIDE_UPDATE_MESSAGE: '1' };
  const { status } = spawnSync(process.execPath, ['node_modules/prisma/build/index.js', 'generate', '--no-hints'], {
    env,
    encoding: 'utf8',
    stdio: ['ignore', 'ignore', 'inherit'],
  });
  if (status !== 0) process.exit(status ?? 1);
  mark(file, stamp);
}
