import { spawn, type ChildProcess } from 'node:child_process';
import type { Account } from './account.js';

// A process of its own, so that it outlives a killed service: it stops the server when its stdin closes, for whatever
// reason. It gets this function as source text, so the function can use nothing outside itself.
function watch(): void {
  const { spawn } = process.getBuiltinModule('node:child_process');
  const { command, spawnOptions } = JSON.parse(process.argv[1] ?? '') as {
    command: [string, ...string[]];
    spawnOptions: object;
  };
  for (const signal of ['SIGINT', 'SIGTERM', 'SIGHUP'] as const) process.on(signal, () => undefined);
  const server = spawn(command[0], command.slice(1), { ...spawnOptions, stdio: ['ignore', 'inherit', 'inherit'] });
  server.on('error', (error) => {
    console.error(error.message);
    process.exit(1);
  });
  server.on('exit', (code) => process.exit(code ?? 1));
  process.stdin.on('error', () => undefined);
  process.stdin.on('close', () => server.kill('SIGINT'));
  process.stdin.resume();
}

/** @returns the watchdog: end its stdin to stop the server; it exits when the server does */
export function spawnWatched(command: readonly string[], account: Account, log: number): ChildProcess {
  const order = JSON.stringify({ command: [...account.commandPrefix, ...command], spawnOptions: account.spawnOptions });
  return spawn(process.execPath, ['-e', `(${watch.toString()})()`, order], {
    detached: true,
    stdio: ['pipe', log, log],
    env: { PATH: process.env['PATH'] ?? '', LC_ALL: 'C' },
    cwd: '/',
  });
}
