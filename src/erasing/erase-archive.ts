import type { ClientBase } from 'pg';
import type { Erased } from '../erased/erased.js';
import { parseJson, type JsonObject } from '../livekit/json.js';
import { linesOfPart } from '../log/archive/lines.js';
import { folderOf, manifestOf, readManifest, writeManifest, type Manifest } from '../log/archive/manifest.js';
import type { ArchiveStore } from '../log/archive/store.js';
import { writeParts, type Lines } from '../log/archive/write.js';
import { eventOf } from './erase-log.js';

/** Months whose events are in an archive, such as `2026-05`. */
export async function archivedMonths(client: ClientBase): Promise<string[]> {
  const { rows } = await client.query<{ month: string }>(
    `select translate(right(part, 7), '_', '-') as month from log_drop where archive is not null order by part`,
  );
  return rows.map(({ month }) => month);
}

/** Rewrites an archived month where it holds anything of erased people. @returns how many events changed */
export async function eraseArchive(store: ArchiveStore, erased: Erased, month: string): Promise<number> {
  const manifest = await readManifest(store, month);
  if (manifest === null)
    throw new Error(`There is no archive of ${month}: ${store.placeOf(manifestOf(month))} is missing.`);
  let events = 0;
  for await (const lines of linesOf(store, manifest)) {
    const rewritten = await rewriteLines(erased, lines);
    events += rewritten.filter((line, at) => line !== lines[at]).length;
  }
  if (events === 0) return 0;
  const rewriting = async function* (): AsyncGenerator<Lines> {
    for await (const lines of linesOf(store, manifest)) {
      const rewritten = await rewriteLines(erased, lines);
      yield { text: rewritten.map((line) => `${line}\n`).join(''), rows: rewritten.length };
    }
  };
  const version = `${folderOf(month)}/${Date.now()}`;
  const parts = await writeParts(store, version, rewriting());
  await writeManifest(store, { ...manifest, parts });
  return events;
}

async function* linesOf(store: ArchiveStore, { parts }: Manifest): AsyncGenerator<string[]> {
  for (const part of parts) yield* linesOfPart(store, part);
}

interface ArchivedRow extends JsonObject {
  readonly project: string;
  readonly id: string;
  readonly received_at: string;
  readonly problem: string | null;
  payload: JsonObject;
}

/** Rows of the log as JSON. What changes nothing stays as it is written. */
export async function rewriteLines(erased: Erased, lines: readonly string[]): Promise<readonly string[]> {
  const rows = lines.map((line) => parseJson(line) as ArchivedRow);
  const { events, matches } = await erased.rewriteLogged(
    rows.map(({ received_at, ...row }) => eventOf({ ...row, received: Date.parse(received_at) })),
  );
  return lines.map((line, at) => {
    if (!matches[at]?.length) return line;
    const { ids, message } = events[at]!;
    const { roomName: room_name, participantIdentity: participant_identity } = ids;
    const changed = JSON.stringify({ ...rows[at], room_name, participant_identity, payload: message });
    return changed === JSON.stringify(rows[at]) ? line : changed;
  });
}
