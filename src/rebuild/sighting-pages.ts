import { millisecondsOf } from '../database/milliseconds.js';
import type { Run } from '../database/transaction.js';
import type { LedgerEvent } from '../livekit/event.js';
import { ownId, sightingEvent, type SessionKind } from '../projection/finding.js';
import type { LogStretch } from './log-pages.js';

interface SightingRow {
  readonly project: string;
  readonly kind: SessionKind;
  readonly roomName: string;
  readonly sid: string;
  readonly seenAt: number;
}

const PAGE = 1000;

/** Sightings of a stretch of the log, by key. A rebuild keeps their table, and projects them after the log. */
export async function* sightingsOf(run: Run, home: string, stretch: LogStretch): AsyncGenerator<LedgerEvent[]> {
  const oldest = stretch.since?.split(':')[0] ?? '0';
  let after: Pick<SightingRow, 'sid' | 'roomName' | 'project' | 'kind'> = {
    sid: '',
    roomName: '',
    project: '',
    kind: '' as SessionKind,
  };
  for (;;) {
    const rows: SightingRow[] = await run<SightingRow>({
      name: 'sighting page',
      text: `select project, kind, room_name as "roomName", sid, ${millisecondsOf('seen_at')} as "seenAt"
        from ${home}.sighting
        where (sid, room_name, project, kind) > ($1, $2, $3, $4) and pg_visible_in_snapshot(xid::text::xid8, $5::pg_snapshot)
          and ($6::pg_snapshot is null or xid >= $7::bigint and not pg_visible_in_snapshot(xid::text::xid8, $6::pg_snapshot))
        order by sid, room_name, project, kind limit ${PAGE}`,
      values: [after.sid, after.roomName, after.project, after.kind, stretch.until, stretch.since, oldest],
    });
    if (rows.length === 0) return;
    yield rows.map(({ project, kind, roomName, sid, seenAt }) =>
      sightingEvent({ kind, project, roomName, [ownId[kind]]: sid }, seenAt),
    );
    after = rows.at(-1)!;
  }
}
