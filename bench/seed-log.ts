// node --import ./bench/support/typescript.mjs bench/seed-log.ts [events] [rooms]
//
// Fills the log of DATABASE_URL with the events of a play, and nothing else: `npm run rebuild` makes the tables.
import { play } from '../src/cli/simulate/play.js';
import { Database } from '../src/database/database.js';
import { prepare } from '../src/database/prepare.js';
import { inTransaction } from '../src/database/transaction.js';
import { entriesOf, logStatement } from '../src/intake/event-log.js';
import { readBody } from '../src/webhook/read-body.js';
import { readEvent, type LedgerEvent } from '../src/livekit/event.js';

const BATCH = 1000;
const DAYS = 30;

const url = process.env['DATABASE_URL'];
if (url === undefined) throw new Error('DATABASE_URL must be set.');
const count = Number(process.argv[2] ?? 1_000_000);
const rooms = Number(process.argv[3] ?? 500);

await prepare(url);
const database = new Database(url, 10_000);
const began = performance.now();
const to = Date.now() - 60_000;
let batch: LedgerEvent[] = [];
let writing: Promise<void> = Promise.resolve();
for (const { body } of play({ seed: 1, rooms, count, from: to - DAYS * 86_400_000, to })) {
  batch.push(readEvent('default', readBody(Buffer.from(JSON.stringify(body))), Number(body['createdAt']) * 1000 + 300));
  if (batch.length < BATCH) continue;
  await flush();
}
await flush();
await writing;
await database.onApplicationShutdown();
console.log(`${count} events in ${((performance.now() - began) / 1000).toFixed(1)} s`);

/** One batch is written while the next is played. */
async function flush(): Promise<void> {
  const entries = entriesOf(batch);
  batch = [];
  await writing;
  writing = inTransaction(database.intake, async (run) => {
    if (entries.length > 0) await run(logStatement(entries));
    return [];
  });
}
