import { fork } from 'node:child_process';
import { once } from 'node:events';
import { createInterface } from 'node:readline';

export interface Service {
  /** Refused where it ends before. */
  readonly ready: Promise<string>;
  /** The exit code. */
  readonly ended: Promise<number>;
  readonly stop: () => void;
}

/** It stops when this process does, however it ends. */
const stopAlone = 'data:text/javascript,process.once("disconnect",()=>process.kill(process.pid,"SIGTERM"))';

/** The service as `npm start` runs it, in a process of its own. */
export function startService(env: NodeJS.ProcessEnv): Service {
  const child = fork(new URL('../../main.js', import.meta.url), {
    env,
    execArgv: [...process.execArgv, '--import', stopAlone],
    stdio: ['ignore', 'pipe', 'inherit', 'ipc'],
    // A terminal's Ctrl+C is for the demo, which stops the service last.
    detached: true,
  });
  const ended = once(child, 'exit').then(([code]) => (code as number | null) ?? 1);
  const ready = new Promise<string>((resolve, reject) => {
    createInterface(child.stdout!).on('line', (line) => {
      const [, url] = /Ready at (https?:[^\s"]+)/.exec(line) ?? [];
      if (url === undefined) console.log(line);
      else resolve(url);
    });
    void ended.then(() => reject(new Error('The service of the demo did not start.')));
  });
  return { ready, ended, stop: () => void child.kill('SIGTERM') };
}
