import type { Kept } from './top.js';
import type { UsageRow } from './usage-row.js';

/** Rows of the groups kept, by window and place; the others of a window are summed in one. */
export function keptRows(rows: readonly UsageRow[], { groups, others }: Kept): UsageRow[] {
  const places = new Map(groups.map((group, place) => [JSON.stringify(group), place]));
  const placed = new Map<string, { place: number; row: UsageRow }>();
  for (const row of rows) {
    const place = places.get(JSON.stringify(row.group)) ?? groups.length;
    if (place === groups.length && !others) continue;
    const key = `${row.win} ${place}`;
    const before = placed.get(key);
    const shown = place < groups.length ? row : { ...row, others: true, group: row.group.map(() => null) };
    placed.set(key, { place, row: before ? together(before.row, shown) : shown });
  }
  return [...placed.values()].sort((a, b) => a.row.win - b.row.win || a.place - b.place).map(({ row }) => row);
}

function together(one: UsageRow, other: UsageRow): UsageRow {
  return {
    ...one,
    milliseconds: one.milliseconds! + other.milliseconds!,
    uncertainMilliseconds: one.uncertainMilliseconds! + other.uncertainMilliseconds!,
    startedMinutes: one.startedMinutes! + other.startedMinutes!,
    sessions: one.sessions! + other.sessions!,
    openSessions: one.openSessions! + other.openSessions!,
  };
}
