import { type ChildProcess, spawn } from 'node:child_process';
import { once } from 'node:events';
import { createInterface } from 'node:readline';
import { onTestFinished } from 'vitest';
import { emptyFolder } from './embedded.js';

/** A program of dist in a process of its own, as `npm run` runs it. */
export interface Program {
  readonly child: ChildProcess;
  /** Kept when it has ended. */
  readonly ended: Promise<Ended>;
}

export interface Ended {
  readonly code: number | null;
  readonly output: string;
  readonly errors: string;
}

/** Killed after the test, should it still run then. */
export function runProgram(name: string, env: Readonly<Record<string, string>>, args: readonly string[] = []): Program {
  // Prisma's WebAssembly is compiled once, and not again to be faster: that is nearly a fifth of a start.
  const child = spawn(process.execPath, ['--liftoff-only', `dist/${name}.js`, ...args], {
    env: { PATH: process.env['PATH'] ?? '', ...env },
    stdio: ['ignore', 'pipe', 'pipe'],
  });
  onTestFinished(() => void child.kill('SIGKILL'));
  let [output, errors] = ['', ''];
  child.stdout.on('data', (chunk) => (output += String(chunk)));
  child.stderr.on('data', (chunk) => (errors += String(chunk)));
  const ended = once(child, 'close').then(([code]) => ({ code: code as number | null, output, errors }));
  return { child, ended };
}

export interface ServiceProcess extends Program {
  /** Where it answers; refused when it ends before it is ready. */
  readonly ready: Promise<string>;
}

/** Its DATA_DIR is its own, unless given. */
export function runService(env: Readonly<Record<string, string>>): ServiceProcess {
  const { child, ended } = runProgram('main', { PORT: '0', DATA_DIR: emptyFolder(), ...env });
  const ready = new Promise<string>((resolve, reject) => {
    createInterface(child.stdout!).on('line', (line) => {
      const [, url] = /Ready at (http:[^\s"]+)/.exec(line) ?? [];
      if (url) resolve(url);
    });
    void ended.then(({ errors }) => reject(new Error(`ended before it was ready: ${errors}`)));
  });
  ready.catch(() => undefined);
  return { child, ready, ended };
}
