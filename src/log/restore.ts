import { readManifest } from './archive/manifest.js';
import type { ArchiveStore } from './archive/store.js';
import { linesOfPart } from './archive/lines.js';
import type { LogKeeping } from './log-lock.js';
import { LOG, monthPiece, monthsBetween, PAST } from './months.js';
import { move } from './move.js';
import { readPartitions } from './partitions.js';

export interface Restored {
  readonly rows: number;
  /** That the log lacked. */
  readonly added: number;
}

export interface Source {
  readonly store: ArchiveStore;
  /** Of rows as JSON, before they are stored. */
  readonly rewrite: (lines: readonly string[]) => Promise<readonly string[]>;
}

/** Puts an archived month back into the log, each event once; it stays there for as long as the retention says. */
export async function restoreMonth(keeping: LogKeeping, { store, rewrite }: Source, month: string): Promise<Restored> {
  const { from, rows, parts } = await readManifest(store, month);
  await makeRoom(keeping, from);
  let added = 0;
  for (const part of parts) {
    for await (const lines of linesOfPart(store, part)) {
      const { rowCount } = await keeping.client.query(
        `insert into ${LOG} select * from json_populate_recordset(null::${LOG}, $1::json) on conflict do nothing`,
        [`[${(await rewrite(lines)).join(',')}]`],
      );
      added += rowCount ?? 0;
    }
  }
  const { name } = monthPiece(from);
  await keeping.client.query('update log_drop set restored_at = now() where part = $1', [name]);
  await keeping.client.query(`analyze ${name}`);
  return { rows, added };
}

async function makeRoom(keeping: LogKeeping, from: number): Promise<void> {
  const past = (await readPartitions(keeping.client))?.find(({ name }) => name === PAST);
  if (!past) throw new Error('The log has no partitions yet: a running service makes them.');
  if (from >= past.to) return;
  await move(keeping, PAST, [{ ...past, to: from }, ...monthsBetween(from, past.to)]);
}
