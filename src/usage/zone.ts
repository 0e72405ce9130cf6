import { badInput } from '../http/refusal.js';

const SECOND = 1_000;

/** Offsets that are kept of a zone, and zones: each offset takes some microseconds to find. */
const MOST_KNOWN = 12_000;
const MOST_ZONES = 32;
const zones = new Map<string, Zone>();

// ICU accepts other three-letter names too: its BST is Bangladesh's.
const threeLetters = /^(CET|EET|EST|GMT|HST|MET|MST|PRC|ROC|ROK|UCT|UTC|WET)$/i;
const foreign = /^([+-]|systemv\/)/i;

export class Zone {
  private readonly known = new Map<number, number>();

  constructor(private readonly format: Intl.DateTimeFormat) {}

  /** How far the wall clock is ahead of UTC, in ms. */
  offsetAt(instant: number): number {
    const found = this.known.get(instant);
    if (found !== undefined) return found;
    const offset = wallClock(this.format, instant) - Math.floor(instant / SECOND) * SECOND;
    if (this.known.size >= MOST_KNOWN) this.known.clear();
    this.known.set(instant, offset);
    return offset;
  }

  /** When the clock is turned within (since, until]; null if both have the same offset. */
  turnBetween(since: number, until: number): number | null {
    const before = this.offsetAt(since);
    if (before === this.offsetAt(until)) return null;
    let [early, late] = [Math.floor(since / SECOND), Math.ceil(until / SECOND)];
    while (late - early > 1) {
      const middle = Math.floor((early + late) / 2);
      if (this.offsetAt(middle * SECOND) === before) early = middle;
      else late = middle;
    }
    return late * SECOND;
  }
}

/** @throws Refusal BAD_USER_INPUT for an unknown zone */
export function zoneOf(name: string): Zone {
  const known = zones.get(name);
  if (known !== undefined) return known;
  const format = (/^[a-z]{3}$/i.test(name) && !threeLetters.test(name)) || foreign.test(name) ? null : formatOf(name);
  if (format === null) throw badInput(`The time zone ${JSON.stringify(name)} is none of the IANA database.`);
  if (zones.size >= MOST_ZONES) zones.clear();
  const zone = new Zone(format);
  zones.set(name, zone);
  return zone;
}

function formatOf(timeZone: string): Intl.DateTimeFormat | null {
  const shown = { year: 'numeric', month: 'numeric', day: 'numeric', hour: 'numeric' } as const;
  const finer = { minute: 'numeric', second: 'numeric', era: 'short', hourCycle: 'h23' } as const;
  try {
    return new Intl.DateTimeFormat('en-US', { timeZone, ...shown, ...finer });
  } catch {
    return null;
  }
}

/** The wall clock time, read as if it were UTC. */
function wallClock(format: Intl.DateTimeFormat, instant: number): number {
  const parts = new Map(format.formatToParts(instant).map(({ type, value }) => [type, value]));
  const part = (type: Intl.DateTimeFormatPartTypes): number => Number(parts.get(type));
  const year = parts.get('era')!.startsWith('B') ? 1 - part('year') : part('year');
  // Date.UTC would take year 99 for 1999.
  const date = new Date(0).setUTCFullYear(year, part('month') - 1, part('day'));
  return date + ((part('hour') * 60 + part('minute')) * 60 + part('second')) * SECOND;
}
