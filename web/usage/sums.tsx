import { address, href, setQuery } from '../address/address';
import type { AskUsageData, Sum } from '../generated/operations';
import { count, grouped, inHours } from '../words/durations';
import { tenantPath } from '../parts/tenant';
import { time } from '../words/times';
import { nameOf, OTHERS, palette } from './groups';
import { groupWords, type Question } from './question';

const columns = [
  ['minutes', 'Minutes'],
  ['seconds', 'Exact hours'],
  ['sessions', 'Sessions'],
  ['peakConcurrency', 'Peak at once'],
  ['uncertainSeconds', 'Not certain'],
] as const;

function sortOfAddress(): (typeof columns)[number][0] {
  const named = address.value.query.get('sort');
  return columns.find(([key]) => key === named)?.[0] ?? 'seconds';
}

export function Sums({ data, question }: { data: AskUsageData; question: Question }) {
  const colours = palette(data);
  const [total] = data.total;
  const finalTo = lastFinal(data, question);
  const sorted = sortOfAddress();
  const groups = data.groups.toSorted((a, b) => Number(a.others) - Number(b.others) || b[sorted] - a[sorted]);
  return (
    <table class="card rows sums">
      <thead>
        <tr>
          <th scope="col" class="group-name">
            {groupWords(question) ?? 'Group'}
          </th>
          {columns.map(([key, label]) => (
            <th key={key} scope="col" class="number" aria-sort={key === sorted ? 'descending' : undefined}>
              <button type="button" class="sort" onClick={() => setQuery({ sort: key })}>
                {label}
              </button>
            </th>
          ))}
          <th scope="col">State</th>
        </tr>
      </thead>
      <tbody>
        {groups.map((row) => {
          const name = nameOf(row);
          return (
            <tr key={name}>
              <th scope="row">
                <i class={`swatch group-${colours.get(name) ?? colours.get(OTHERS) ?? 8}`} />{' '}
                <Behind row={row} question={question} />
              </th>
              <Cells sum={row} finalTo={finalTo} />
            </tr>
          );
        })}
      </tbody>
      {total && (
        <tfoot>
          <tr>
            <th scope="row">Total</th>
            <Cells sum={total} finalTo={finalTo} />
          </tr>
        </tfoot>
      )}
    </table>
  );
}

function Cells({ sum, finalTo }: { sum: Sum; finalTo: string | null }) {
  return (
    <>
      <td class="number" data-label="minutes">
        <b>{sum.minutes % 1 === 0 ? grouped(sum.minutes) : sum.minutes.toFixed(2)}</b>
      </td>
      <td class="number" data-label="hours">
        {(sum.seconds / 3600).toFixed(1)}
      </td>
      <td class="number" data-label="sessions">
        {grouped(sum.sessions)}
      </td>
      <td class="number" data-label="peak">
        {grouped(sum.peakConcurrency)}
      </td>
      <td class={sum.uncertainSeconds > 0 ? 'number warn' : 'number quiet'} data-label="not certain">
        {sum.uncertainSeconds > 0 ? inHours(sum.uncertainSeconds) : '0'}
      </td>
      <td>
        <State sum={sum} finalTo={finalTo} />
      </td>
    </>
  );
}

function State({ sum: { final, openSessions }, finalTo }: { sum: Sum; finalTo: string | null }) {
  if (final) return <span class="tag good">final</span>;
  if (openSessions > 0) return <span class="tag warn">{count(openSessions, 'session', 'sessions')} open</span>;
  return <span class="tag">{finalTo === null ? 'not final yet' : `final to ${finalTo}`}</span>;
}

/** Up to when, from the start of the range, nothing will change any more. */
function lastFinal({ windows }: AskUsageData, { from, interval }: Question): string | null {
  const open = windows.find(({ final }) => !final)?.from;
  if (open === undefined || open <= from) return null;
  if (interval === 'HOUR') return `${time(open, 'short day')}, ${time(open, 'minute')}`;
  return time(Date.parse(open) - 1, 'short day');
}

/** A name leads to the sessions behind its sum, where a view shows them. */
function Behind({ row, question: { groupBy, from, to } }: { row: AskUsageData['groups'][number]; question: Question }) {
  const [dimension] = groupBy;
  const value = row.group[0]?.value;
  const name = nameOf(row);
  if (row.others || !value || !dimension) return <>{name}</>;
  const days = { from: time(from, 'iso day'), to: time(Date.parse(to) - 1, 'iso day') };
  if (dimension.field === 'IDENTITY') return <a href={href(`people/${encodeURIComponent(value)}`)}>{name}</a>;
  if (dimension.field === 'ROOM_NAME') return <a href={href('rooms', { name: value, ...days })}>{name}</a>;
  if (dimension.roomMetadata === tenantPath.value)
    return <a href={href('rooms', { tenant: value, ...days })}>{name}</a>;
  return <>{name}</>;
}
