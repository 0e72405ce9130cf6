import { type Manifest, manifestOf, readManifest } from './archive/manifest.js';
import type { ArchiveStore } from './archive/store.js';
import { linesOfPart } from './archive/lines.js';
import { checkPart } from './archive/write.js';
import { endBegunDrop } from './leaving.js';
import type { LogKeeping } from './log-lock.js';
import { LOG, monthPiece, monthsBetween, PAST } from './months.js';
import { move } from './move.js';
import { readPartitions } from './partitions.js';

export interface Restored {
  readonly rows: number;
  /** That the log lacked. */
  readonly added: number;
}

/** As they are. */
export const unchanged = (lines: readonly string[]): Promise<readonly string[]> => Promise.resolve(lines);

export interface Source {
  readonly store: ArchiveStore;
  /** Of rows as JSON, before they are stored. */
  readonly rewrite: (lines: readonly string[]) => Promise<readonly string[]>;
}

/** Puts an archived month back into the log, each event once; it stays there for as long as the retention says. */
export async function restoreMonth(keeping: LogKeeping, source: Source, month: string): Promise<Restored> {
  const { store } = source;
  await endBegunDrop(keeping, store);
  const manifest = await readManifest(store, month);
  if (manifest === null) {
    throw new Error(`There is no archive of ${month}: ${store.placeOf(manifestOf(month))} is missing.`);
  }
  const { name } = monthPiece(manifest.from);
  await makeRoom(keeping, manifest.from);
  const added = await putBack(keeping, source, manifest);
  await keeping.client.query('update log_drop set restored_at = now() where part = $1', [name]);
  await keeping.client.query(`analyze ${name}`);
  return { rows: manifest.rows, added };
}

/** Inserts what the log lacks. @returns how many events */
export async function putBack(
  { client }: LogKeeping,
  { store, rewrite }: Source,
  { parts }: Manifest,
): Promise<number> {
  let added = 0;
  for (const part of parts) {
    await checkPart(store, part);
    for await (const lines of linesOfPart(store, part)) {
      // Citus counts what it left out too.
      const { rows } = await client.query(
        `insert into ${LOG} select * from json_populate_recordset(null::${LOG}, $1::json) on conflict do nothing returning 1`,
        [`[${(await rewrite(lines)).join(',')}]`],
      );
      added += rows.length;
    }
  }
  return added;
}

async function makeRoom(keeping: LogKeeping, from: number): Promise<void> {
  const past = (await readPartitions(keeping.client))?.find(({ name }) => name === PAST);
  if (!past) throw new Error('The log has no partitions yet: a running service makes them.');
  if (from >= past.to) return;
  await move(keeping, PAST, [{ ...past, to: from }, ...monthsBetween(from, past.to)]);
}
