import { existsSync } from 'node:fs';
import { readdir } from 'node:fs/promises';
import { join } from 'node:path';
import { Logger } from '@nestjs/common';
import { settingsOfLedgers } from '../settings/ledger-settings.js';
import type { Settings } from '../settings/settings.js';
import { Spool, type SpoolEntry } from './spool/spool.js';

type FolderOf = (project: string) => string | null | undefined;

const AT_ONCE = 1_000;
const logger = new Logger('Spool');

/** Brings events to the spool of their project's database, where DATABASE_URLS named another one when they came. */
export async function sortSpools(settings: Settings): Promise<void> {
  const { spoolDir } = settings;
  if (spoolDir === null) return;
  const own = join(spoolDir, 'projects');
  const names = await readdir(own).catch(() => []);
  if (names.length === 0 && settings.ownDatabases.size === 0) return;
  const ledgers = settingsOfLedgers(settings);
  const folderOf: FolderOf = (project) =>
    (ledgers.find(({ databaseOf }) => databaseOf === project) ?? ledgers.find(({ databaseOf }) => databaseOf === null))
      ?.spoolDir;
  for (const folder of [spoolDir, ...names.map((name) => join(own, name))]) {
    if (existsSync(join(folder, 'CURRENT'))) await sort(folder, folderOf);
  }
}

async function sort(folder: string, folderOf: FolderOf): Promise<void> {
  try {
    await using(folder, async (spool) => {
      let entries = await spool.read('', AT_ONCE);
      while (entries.length > 0) {
        for (const project of new Set(entries.map((entry) => entry.project))) {
          const these = entries.filter((entry) => entry.project === project);
          await bring(these, { from: spool, folder, to: folderOf(project) });
        }
        entries = await spool.read(entries.at(-1)!.key, AT_ONCE);
      }
    });
  } catch (error) {
    logger.error(`The spool in ${folder} stays as it is: ${(error as Error).message}`);
  }
}

interface Way {
  readonly from: Spool;
  readonly folder: string;
  readonly to: string | null | undefined;
}

async function bring(entries: readonly SpoolEntry[], { from, folder, to }: Way): Promise<void> {
  if (to === folder) return;
  const what = `${entries.length} events of "${entries[0]!.project}"`;
  if (!to) return logger.error(`The spool in ${folder} holds ${what}, for which no database is set.`);
  await using(to, (spool) => spool.put(entries));
  await from.remove(entries.map(({ key }) => key));
  logger.log(`${what} went from the spool in ${folder} to that in ${to}.`);
}

async function using(folder: string, work: (spool: Spool) => Promise<void>): Promise<void> {
  const spool = await Spool.open({ spoolDir: folder, spoolMaxBytes: Infinity });
  await work(spool).finally(() => spool.close());
}
