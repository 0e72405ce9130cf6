import { syncBuiltinESMExports } from 'node:module';
import type { TimerOptions } from 'node:timers';
import promises from 'node:timers/promises';
import { onTestFinished } from 'vitest';

type Run = (...args: unknown[]) => void;

/**
 * Until the test is over, timers that this process sets take so many times less, and `performance` tells it so:
 * whoever waits for a time-out need not wait for so long. What goes on outside, Postgres and the network, does not go
 * faster, so a time-out must stay far longer than an answer takes.
 */
export function hasten(times: number): void {
  const { setTimeout, setInterval } = globalThis;
  const pause = promises.setTimeout;
  const now = performance.now.bind(performance);
  const began = now();
  Object.assign(globalThis, {
    setTimeout: Object.assign(
      (run: Run, ms = 0, ...args: unknown[]) => setTimeout(run, ms / times, ...args),
      setTimeout,
    ),
    setInterval: (run: Run, ms = 0, ...args: unknown[]) => setInterval(run, ms / times, ...args),
  });
  Object.assign(promises, {
    setTimeout: (ms = 0, value?: unknown, options?: TimerOptions) => pause(ms / times, value, options),
  });
  Object.assign(performance, { now: () => began + (now() - began) * times });
  syncBuiltinESMExports();
  onTestFinished(() => {
    Object.assign(globalThis, { setTimeout, setInterval });
    Object.assign(promises, { setTimeout: pause });
    Reflect.deleteProperty(performance, 'now');
    syncBuiltinESMExports();
  });
}
