import type { AskUsageData } from '../generated/operations';
import { grouped } from '../words/durations';
import { time } from '../words/times';
import { nameOf, palette } from './groups';
import type { Question } from './question';
import { windowsOf } from './windows';

const [HEIGHT, LEFT, BOTTOM] = [250, 46, 26];
const HOUR = 3600;

type Row = AskUsageData['windows'][number];

interface Stack {
  readonly from: string;
  readonly seconds: number;
  readonly final: boolean;
  readonly rows: readonly Row[];
}

export function Chart({ data, question }: { data: AskUsageData; question: Question }) {
  const colours = palette(data);
  const stacks = stacksOf(data.windows, { question, colours });
  const top = niceTop(Math.max(...stacks.map(({ seconds }) => seconds)));
  const y = (seconds: number): number => HEIGHT - BOTTOM - (seconds / top) * (HEIGHT - BOTTOM - 12);
  // As wide as it is shown, so that its words keep their size.
  const width = Math.min(1000, innerWidth - 60);
  const step = (width - LEFT) / stacks.length;
  const every = Math.ceil((stacks.length * 110) / width);
  const lines = [0, 0.25, 0.5, 0.75, 1].map((part) => part * top);
  return (
    <section class="card chart">
      <Legend colours={colours} />
      <svg
        viewBox={`0 0 ${width} ${HEIGHT}`}
        role="img"
        aria-label={`Stacked bars, ${stacks.length} windows; the table below has the sums.`}
      >
        <defs>
          <pattern id="uncertain" width="5" height="5" patternUnits="userSpaceOnUse" patternTransform="rotate(45)">
            <rect class="hatch" width="2" height="5" />
          </pattern>
        </defs>
        {lines.map((seconds) => (
          <g key={seconds}>
            <line class="grid-line" x1={LEFT} x2={width} y1={y(seconds)} y2={y(seconds)} />
            <text x={LEFT - 6} y={y(seconds) + 4} text-anchor="end">
              {inUnit(seconds, top)}
            </text>
          </g>
        ))}
        {stacks.map((stack, at) => (
          <g key={stack.from}>
            <StackBar stack={stack} x={LEFT + at * step + step * 0.06} {...{ width: step * 0.88, y, colours }} />
            {at % every === 0 && (
              <text x={LEFT + at * step + step * 0.06} y={HEIGHT - 8}>
                {label(stack.from, question)}
              </text>
            )}
          </g>
        ))}
      </svg>
    </section>
  );
}

function Legend({ colours }: Pick<Drawn, 'colours'>) {
  return (
    <header>
      {colours.size > 1 &&
        [...colours].map(([name, at]) => (
          <span key={name}>
            <i class={`swatch group-${at}`} /> {name}
          </span>
        ))}
      <span class="end quiet">paler is not final yet, hatched is not certain</span>
    </header>
  );
}

/** The hour, or the day that begins. */
function label(from: string, { interval }: Question): string {
  const hour = time(from, 'minute');
  return interval === 'HOUR' && hour !== '00:00' ? hour : time(from, 'short day');
}

interface Drawn {
  readonly stack: Stack;
  readonly x: number;
  readonly width: number;
  readonly y: (seconds: number) => number;
  readonly colours: ReadonlyMap<string, number>;
}

function StackBar({ stack, x, width, y, colours }: Drawn) {
  let below = 0;
  return (
    <g class={stack.final ? '' : 'pale'}>
      {stack.rows.map((row) => {
        const [bottom, upper] = [y(below), y(below + row.seconds)];
        below += row.seconds;
        const doubt = (bottom - upper) * (row.seconds > 0 ? Math.min(1, row.uncertainSeconds / row.seconds) : 0);
        return (
          <g key={nameOf(row)}>
            <title>{`${nameOf(row)}, ${time(row.from, 'weekday')}: ${(row.seconds / HOUR).toFixed(1)} h`}</title>
            <rect
              class={`group-${colours.get(nameOf(row))}`}
              x={x}
              y={upper}
              width={width}
              height={Math.max(0, bottom - upper - 0.6)}
            />
            {doubt > 0.3 && <rect fill="url(#uncertain)" x={x} y={upper} width={width} height={doubt} />}
          </g>
        );
      })}
    </g>
  );
}

/** Windows in which nothing was have no row. */
function stacksOf(
  windows: readonly Row[],
  { question, colours }: { question: Question; colours: Drawn['colours'] },
): Stack[] {
  const byWindow = new Map<string, Row[]>(windowsOf(question).map((from) => [from, []]));
  for (const row of windows) byWindow.set(row.from, [...(byWindow.get(row.from) ?? []), row]);
  return [...byWindow].map(([from, rows]) => ({
    from,
    rows: rows.sort((a, b) => (colours.get(nameOf(a)) ?? 99) - (colours.get(nameOf(b)) ?? 99)),
    seconds: rows.reduce((sum, { seconds }) => sum + seconds, 0),
    final: rows.every(({ final }) => final),
  }));
}

/** The next number of hours or minutes that four lines divide well. */
function niceTop(seconds: number): number {
  const unit = seconds > 4 * HOUR ? HOUR : 60;
  const least = Math.max(1, seconds / unit);
  const size = 10 ** Math.floor(Math.log10(least));
  return ([1, 1.2, 1.6, 2, 2.4, 3.2, 4, 6, 8, 10].find((one) => one * size >= least) ?? 10) * size * unit;
}

function inUnit(seconds: number, top: number): string {
  const [value, unit] = top > 4 * HOUR ? [seconds / HOUR, 'h'] : [seconds / 60, 'min'];
  return `${value % 1 === 0 ? grouped(value) : value.toFixed(1)} ${unit}`;
}
