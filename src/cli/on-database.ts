import { constants, setPriority } from 'node:os';
import { openDatabase } from '../database/database.module.js';
import { runningServer } from '../database/embedded/running-server.js';
import { readSettings } from '../settings/read-settings.js';

/** Failed: neither a yes nor a no. */
const FAILED = 2;

/** Runs a command on the database of the settings: beside a running service, or without one. */
export async function onDatabase(work: (url: string) => Promise<void>, failure = FAILED): Promise<void> {
  try {
    const settings = readSettings(process.env);
    const databaseUrl = settings.databaseUrl ?? runningServer(settings.dataDir);
    const database = await openDatabase({ ...settings, databaseUrl });
    // On one machine the service goes first. Set now: a server that was started above would inherit it.
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

/** Tells every so many events how far it is, and how fast. */
export function progress(print: (line: string) => void, every = 50_000): (events: number) => void {
  const began = performance.now();
  let told = 0;
  return (events) => {
    if (events - told < every) return;
    told = events;
    print(`${events} events, ${Math.round((events * 1000) / (performance.now() - began))} a second`);
  };
}

/** 12.3 s */
export function secondsSince(began: number): string {
  return `${((performance.now() - began) / 1000).toFixed(1)} s`;
}
