import { doubtfulFrom } from '../words/doubt';
import { inWords } from '../words/durations';
import { howItEnded, lostReasons } from '../words/kinds';
import type { Bar } from './lines';

interface Note {
  readonly at: number;
  readonly words: string;
}

interface Present {
  readonly now: number;
  readonly clock: (at: number) => string;
}

/** Gaps, and where nothing was heard any more. */
export function notesOf(bars: readonly Bar[], { now, clock }: Present): Note[] {
  return bars.flatMap((bar, index) => {
    const notes: Note[] = [];
    const before = bars[index - 1];
    if (before?.to != null && bar.from > before.to) {
      const lost = lostReasons.has(before.reason ?? '') ? 'connection lost, ' : '';
      notes.push({ at: before.to, words: `${lost}rejoined after ${inWords((bar.from - before.to) / 1000)}` });
    }
    const doubt = doubtfulFrom(bar, now);
    const silent = bar.to === null ? now - doubt > 60_000 : bar.endSource !== 'REPORTED' && bar.to - doubt > 1_000;
    if (silent) notes.push({ at: doubt, words: `not heard of since ${clock(doubt)}` });
    return notes;
  });
}

export function noteAfter({ reason, to, endUncertaintySeconds }: Bar): string | null {
  if (to === null || reason === null || !lostReasons.has(reason)) return null;
  const within = endUncertaintySeconds ? `, ±${inWords(endUncertaintySeconds)}` : '';
  return howItEnded({ active: false, endSource: null, disconnectReason: reason }) + within;
}
