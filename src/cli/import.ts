import { parseArgs } from 'node:util';
import type { Database } from '../database/database.js';
import { prepare } from '../database/prepare.js';
import { Writer } from '../erased/writer.js';
import { rewriteLines } from '../erasing/erase-archive.js';
import { openStore } from '../log/archive/store.js';
import { keepingLog } from '../log/log-lock.js';
import { restoreMonth } from '../log/restore.js';
import { chosenSettings, onLedger, runCommand } from './on-database.js';

const usage = `npm run import -- --archive 2026-05 [--archive 2026-06 …] [--project acme]
Puts archived months back into the log, from ARCHIVE_DIR or ARCHIVE_S3_BUCKET; what is there stays as it is. They are
dropped again after another LOG_RETENTION. --project is for one that has a database, and so an archive, for itself.`;

await runCommand(1, async () => {
  const options = {
    archive: { type: 'string', multiple: true },
    project: { type: 'string' },
    help: { type: 'boolean', short: 'h' },
  } as const;
  const { archive: months = [], project, help } = parseArgs({ options }).values;
  if (help) return console.log(usage);
  const wrong = months.find((month) => !/^\d{4}-\d\d$/.test(month));
  if (months.length === 0 || wrong !== undefined) throw new Error(`Say --archive and a month, as 2026-05.\n\n${usage}`);
  const settings = chosenSettings(project);
  const store = settings.archive && (await openStore(settings.archive));
  if (store === null) throw new Error('Set ARCHIVE_DIR or ARCHIVE_S3_BUCKET to say where the archive is.');
  const importing = async (database: Database): Promise<void> => {
    const { url } = database;
    const writer = new Writer(database);
    await writer.requireKey();
    await writer.erased.refresh();
    const rewrite = (lines: readonly string[]) => rewriteLines(writer.erased, lines);
    for (const month of months) {
      const restored = await keepingLog(url, { wait: true }, (keeping) =>
        restoreMonth(keeping, { store, rewrite }, month),
      );
      console.log(`${month}: ${restored!.rows} events in the archive, ${restored!.added} of them were not in the log.`);
    }
    // An archive of another database may hold later transactions than this one has seen.
    await prepare(url);
  };
  await onLedger(settings, importing, { mayBeEmpty: true });
});
