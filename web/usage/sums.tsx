import { href } from '../address/address';
import type { AskUsageData, Sum } from '../generated/operations';
import { count, grouped, inWords } from '../words/durations';
import { time } from '../words/times';
import { nameOf, OTHERS, palette } from './groups';
import type { Question } from './question';

export function Sums({ data, question }: { data: AskUsageData; question: Question }) {
  const colours = palette(data);
  const [total] = data.total;
  return (
    <table class="card rows sums">
      <thead>
        <tr>
          <th scope="col">Group</th>
          <th scope="col" class="number">
            Minutes
          </th>
          <th scope="col" class="number">
            Exact hours
          </th>
          <th scope="col" class="number">
            Sessions
          </th>
          <th scope="col" class="number">
            Peak at once
          </th>
          <th scope="col" class="number">
            Not certain
          </th>
          <th scope="col">State</th>
        </tr>
      </thead>
      <tbody>
        {data.groups.map((row) => {
          const name = nameOf(row);
          return (
            <tr key={name}>
              <th scope="row">
                <i class={`swatch group-${colours.get(name) ?? colours.get(OTHERS) ?? 8}`} />{' '}
                <Behind row={row} question={question} />
              </th>
              <Cells sum={row} />
            </tr>
          );
        })}
      </tbody>
      {total && (
        <tfoot>
          <tr>
            <th scope="row">Total</th>
            <Cells sum={total} />
          </tr>
        </tfoot>
      )}
    </table>
  );
}

function Cells({ sum }: { sum: Sum }) {
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
        {sum.uncertainSeconds > 0 ? inWords(sum.uncertainSeconds) : '0'}
      </td>
      <td>
        <State sum={sum} />
      </td>
    </>
  );
}

function State({ sum: { final, openSessions } }: { sum: Sum }) {
  if (final) return <span class="tag good">final</span>;
  if (openSessions > 0) return <span class="tag warn">{count(openSessions, 'session', 'sessions')} open</span>;
  return <span class="tag">not final yet</span>;
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
  if (dimension.roomMetadata === 'tenant') return <a href={href('rooms', { tenant: value, ...days })}>{name}</a>;
  return <>{name}</>;
}
