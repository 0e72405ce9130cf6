import { inWords } from '../words/durations';
import { doubtfulFrom, isDerived } from '../words/doubt';
import { howItEnded, lostReasons, toneWords } from '../words/kinds';
import { time } from '../words/times';
import type { Bar, Thin } from './lines';

/** A bar as a screen reader says it. */
export function sentence(bar: Bar, tracks: readonly Thin[], now: number): string {
  const end = bar.to ?? now;
  const until = bar.to === null ? 'still open' : `to ${time(bar.to, 'clock')}`;
  const doubt = end - doubtfulFrom(bar, now);
  const own = tracks.filter(({ from }) => from >= bar.from && from <= end).map(({ words }) => words);
  return [
    `${bar.label}, ${toneWords[bar.tone]}`,
    `from ${time(bar.from, 'clock')} ${until}, ${bar.words || inWords((end - bar.from) / 1000)}`,
    ...(doubt > 0
      ? [isDerived(bar) ? `${inWords(doubt / 1000)} of it not certain` : `end within ${inWords(doubt / 1000)}`]
      : []),
    ...(bar.kind === 'participant' && bar.to !== null
      ? [howItEnded({ active: false, endSource: bar.endSource, disconnectReason: bar.reason })]
      : []),
    ...(own.length > 0 ? [`tracks: ${[...new Set(own)].join(', ')}`] : []),
  ].join('; ');
}

interface Note {
  readonly at: number;
  readonly words: string;
}

/** Gaps, and where nothing was heard any more. */
export function notesOf(bars: readonly Bar[], now: number): Note[] {
  return bars.flatMap((bar, index) => {
    const notes: Note[] = [];
    const before = bars[index - 1];
    if (before?.to != null && bar.from > before.to) {
      const lost = lostReasons.has(before.reason ?? '') ? 'connection lost, ' : '';
      notes.push({ at: before.to, words: `${lost}rejoined after ${inWords((bar.from - before.to) / 1000)}` });
    }
    const doubt = doubtfulFrom(bar, now);
    const silent = bar.to === null ? now - doubt > 60_000 : bar.endSource !== 'REPORTED' && bar.to - doubt > 1_000;
    if (silent) notes.push({ at: doubt, words: `not heard of since ${time(doubt, 'clock')}` });
    return notes;
  });
}

export function noteAfter({ reason, to, endUncertaintySeconds }: Bar): string | null {
  if (to === null || reason === null || !lostReasons.has(reason)) return null;
  const within = endUncertaintySeconds ? `, ±${inWords(endUncertaintySeconds)}` : '';
  return howItEnded({ active: false, endSource: null, disconnectReason: reason }) + within;
}
