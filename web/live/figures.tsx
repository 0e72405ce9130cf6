import { useMemo } from 'preact/hooks';
import { useAnswer } from '../api/use-answer';
import { AtWork, LastDay } from '../generated/operations';
import { type Point, Sparkline } from '../parts/sparkline';
import { grouped } from '../words/durations';
import { now } from '../words/now';

const HOUR = 3_600_000;

interface Figures {
  readonly rooms: number | null;
  readonly people: number | null;
  /** What makes the counts old. */
  readonly changes: number;
}

export function Figures({ rooms, people, changes }: Figures) {
  const hour = Math.floor(now.value / HOUR) * HOUR;
  const [from, to] = [hour - 24 * HOUR, hour];
  const { data: day } = useAnswer(LastDay, { from: new Date(from).toISOString(), to: new Date(to).toISOString() });
  const { data: work } = useAnswer(
    useMemo(() => ({ ...AtWork }), [changes]),
    {},
  );
  const points = (rows: readonly Row[] | undefined): Point[] => hourly(rows ?? [], from, to);
  const all = [
    { label: 'Open rooms', value: rooms, tone: 'accent', rows: day?.rooms },
    { label: 'People connected', value: people, tone: 'person', rows: day?.people },
    {
      label: 'Recording or streaming',
      value: work?.egresses.totalCount.value ?? null,
      tone: 'egress',
      rows: day?.recordings,
    },
    { label: 'Agents at work', value: work?.agents.totalCount.value ?? null, tone: 'agent', rows: day?.agents },
  ];
  return (
    <dl class="figures">
      {all.map(({ label, value, tone, rows }) => (
        <div key={label} class={`card ${tone}`} title="on average in each of the last 24 hours">
          <dt>{label}</dt>
          <dd>
            {value === null ? '–' : grouped(value)}
            <Sparkline points={points(rows)} from={from} to={to} />
          </dd>
        </div>
      ))}
    </dl>
  );
}

interface Row {
  readonly from: string;
  readonly averageConcurrency: number;
}

function hourly(rows: readonly Row[], from: number, to: number): Point[] {
  const byHour = new Map(rows.map((row) => [Date.parse(row.from), row.averageConcurrency]));
  const hours = Array.from({ length: (to - from) / HOUR }, (_, index) => from + index * HOUR);
  return rows.length === 0 ? [] : [...hours.map((at) => ({ at, value: byHour.get(at) ?? 0 })), last(byHour, to)];
}

/** The line ends where the last hour does. */
const last = (byHour: ReadonlyMap<number, number>, to: number): Point => ({
  at: to,
  value: byHour.get(to - HOUR) ?? 0,
});
