import { spawn } from 'node:child_process';
import { once } from 'node:events';
import {
  appendFileSync,
  cpSync,
  mkdirSync,
  readdirSync,
  readFileSync,
  rmSync,
  symlinkSync,
  writeFileSync,
} from 'node:fs';
import { join } from 'node:path';
import { beforeEach, describe, expect, onTestFinished, test } from 'vitest';
import { emptyFolder } from '../support/embedded.js';

const root = join(import.meta.dirname, '../..');

interface Ended {
  readonly code: number | null;
  readonly output: string;
  readonly errors: string;
}

/** Kept when the process has ended. */
function run(folder: string, ...command: readonly string[]): Promise<Ended> & { kill(): void } {
  const env = { PATH: process.env['PATH'] ?? '', DATABASE_URL: 'postgres://nobody@127.0.0.1:1/none' };
  const child = spawn(process.execPath, command, { cwd: folder, env, stdio: ['ignore', 'pipe', 'pipe'] });
  onTestFinished(() => void child.kill('SIGKILL'));
  let [output, errors] = ['', ''];
  child.stdout.on('data', (chunk) => (output += String(chunk)));
  child.stderr.on('data', (chunk) => (errors += String(chunk)));
  const ended = once(child, 'close').then(([code]) => ({ code: code as number | null, output, errors }));
  return Object.assign(ended, { kill: () => void child.kill('SIGKILL') });
}

describe('the lock of a build', () => {
  let folder: string;
  let holder: string;
  beforeEach(() => {
    folder = emptyFolder();
    holder = join(folder, 'holder.mjs');
    writeFileSync(
      holder,
      `import { appendFileSync } from 'node:fs';
      import { setTimeout as pause } from 'node:timers/promises';
      import { lock } from ${JSON.stringify(join(root, 'scripts/lock.mjs'))};
      const release = await lock('locks');
      appendFileSync('said', 'in ');
      await pause(Number(process.argv[2]));
      appendFileSync('said', 'out ');
      if (process.argv[3]) release();`,
    );
  });
  const said = (): string => {
    try {
      return readFileSync(join(folder, 'said'), 'utf8');
    } catch {
      return '';
    }
  };

  test.each(['released', ''])(
    'is held by one at a time, of many that come at once; they end with it "%s"',
    async (end) => {
      await Promise.all(Array.from({ length: 12 }, () => run(folder, holder, '20', end)));
      expect(said()).toBe('in out '.repeat(12));
      expect(readdirSync(join(folder, 'locks')).filter((name) => name.startsWith('lock-'))).toHaveLength(1);
    },
  );

  test('is lost by a holder that is killed, to one of those that wait', async () => {
    const killed = run(folder, holder, '60000');
    await expect.poll(said, { timeout: 10_000 }).toBe('in ');
    const waiting = Array.from({ length: 5 }, () => run(folder, holder, '20', 'released'));
    expect(said()).toBe('in ');
    killed.kill();
    await Promise.all([killed, ...waiting]);
    expect(said()).toBe(`in ${'in out '.repeat(5)}`);
  });

  test('is not held by a stranger who has the pid of a dead holder', async () => {
    mkdirSync(join(folder, 'locks'));
    writeFileSync(join(folder, 'locks/lock-7'), JSON.stringify({ pid: process.pid, began: '1' }));
    expect((await run(folder, holder, '0')).code).toBe(0);
    expect(readdirSync(join(folder, 'locks'))).toEqual(['lock-8']);
  });
});

describe('programs of a checkout', () => {
  let checkout: string;
  beforeEach(() => {
    checkout = emptyFolder();
    for (const name of [
      'scripts',
      'src',
      'web',
      'dist',
      'prisma',
      'prisma.config.ts',
      'package.json',
      'package-lock.json',
    ])
      cpSync(join(root, name), join(checkout, name), { recursive: true });
    for (const name of ['tsconfig.json', 'nest-cli.json', '.swcrc']) cpSync(join(root, name), join(checkout, name));
    symlinkSync(join(root, 'node_modules'), join(checkout, 'node_modules'));
  });
  const start = (name: string): Promise<Ended> => run(checkout, 'scripts/run.mjs', name);
  const builds = (ended: readonly Ended[]): number =>
    ended.filter(({ errors }) => errors.includes('Successfully compiled')).length;

  test('that start at once after a change of sources all work, and build once', async () => {
    appendFileSync(join(checkout, 'src/cli/token.ts'), `\nconsole.log('changed');\n`);
    const ended = await Promise.all([start('cli/token'), start('cli/token'), start('cli/token')]);
    for (const { code, output } of ended)
      expect({ code, output }).toEqual({ code: 0, output: expect.stringMatching(/^ey.*changed\n$/s) });
    expect(builds(ended)).toBe(1);
    expect(builds([await start('cli/token')])).toBe(0);
    expect(readdirSync(checkout).filter((name) => name.startsWith('dist'))).toEqual(['dist']);
  });

  test('that do not compile leave what was built before; verify ends with 2, the others with 1', async () => {
    appendFileSync(join(checkout, 'src/main.ts'), '\n}');
    const built = readFileSync(join(checkout, 'dist/main.js'), 'utf8');
    expect((await start('cli/verify')).code).toBe(2);
    expect((await start('cli/token')).code).toBe(1);
    expect(readFileSync(join(checkout, 'dist/main.js'), 'utf8')).toBe(built);
    expect((await run(checkout, 'dist/cli/token.js')).code).toBe(0);
  });

  test('say what to do where npm has left out the tools of the build', async () => {
    appendFileSync(join(checkout, 'src/cli/token.ts'), '\n');
    rmSync(join(checkout, 'node_modules'));
    const { code, errors } = await start('main');
    expect(errors).toBe(
      'The build needs prisma, @nestjs/cli, @swc/core, vite, preact, which are not installed. Run npm install --include=dev.\n',
    );
    expect(code).toBe(1);
  });

  test('whose modules cannot be loaded end with the same', async () => {
    rmSync(join(checkout, 'dist/rebuild/verify.js'));
    const ended = await Promise.all([start('cli/verify'), run(checkout, 'dist/cli/verify.js')]);
    expect(ended.map(({ code }) => code)).toEqual([2, 2]);
    for (const { errors } of ended) expect(errors).toContain('ERR_MODULE_NOT_FOUND');
    rmSync(join(checkout, 'dist/cli/access-token.js'));
    expect((await start('cli/token')).code).toBe(1);
  });
});
