import { openDatabase } from '../database/database.module.js';
import { runningServer } from '../database/running.js';
import { readSettings } from '../settings.read.js';
import { rebuild } from './rebuild.js';

/** `npm run rebuild`: beside a running service, or without one. */
async function main(): Promise<void> {
  const settings = readSettings(process.env);
  const databaseUrl = settings.databaseUrl ?? runningServer(settings.dataDir);
  const database = await openDatabase({ ...settings, databaseUrl });
  const began = Date.now();
  try {
    const events = await rebuild(database.intake, (done) => {
      if (done % 50_000 === 0) console.log(`${done} events`);
    });
    console.log(`Projected ${events} events again in ${((Date.now() - began) / 1000).toFixed(1)} s.`);
  } finally {
    await database.onApplicationShutdown();
  }
}

main().catch((error: unknown) => {
  console.error(error instanceof Error ? error.message : error);
  process.exitCode = 1;
});
