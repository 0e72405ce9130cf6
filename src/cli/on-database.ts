import { constants, setPriority } from 'node:os';
import { openDatabase } from '../database/database.module.js';
import { runningServer } from '../database/embedded/running-server.js';
import { readSettings } from '../settings/settings.js';

/** `verify`'s exit code for "could not tell". */
const FAILED = 2;

/** Runs a command on the configured database, whether or not a service runs on it. */
export async function onDatabase(work: (url: string) => Promise<void>, failure = FAILED): Promise<void> {
  try {
    const settings = readSettings(process.env);
    const databaseUrl = settings.databaseUrl ?? runningServer(settings.dataDir);
    const database = await openDatabase({ ...settings, databaseUrl });
    // A running service has priority. Set this late, or an embedded server would inherit it.
    setPriority(constants.priority.PRIORITY_BELOW_NORMAL);
    try {
      await work(database.url);
    } finally {
      await database.onApplicationShutdown();
    }
  } catch (error) {
    console.error(error instanceof Error ? error.message : error);
    process.exitCode = failure;
  }
}

export function progress(print: (line: string) => void, every = 50_000): (events: number) => void {
  const began = performance.now();
  let printed = 0;
  return (events) => {
    if (events - printed < every) return;
    printed = events;
    print(`${events} events, ${Math.round((events * 1000) / (performance.now() - began))} a second`);
  };
}

export function secondsSince(began: number): string {
  return `${((performance.now() - began) / 1000).toFixed(1)} s`;
}
