import { inWords } from '../words/durations';
import { doubtfulFrom, isDerived } from '../words/doubt';
import { howItEnded, toneWords } from '../words/kinds';
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
