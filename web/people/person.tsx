import { address, href, setQuery } from '../address/address';
import { downloadLink } from '../api/ask';
import { useAnswer } from '../api/use-answer';
import { OnePerson, type OnePersonData, type Stay } from '../generated/operations';
import { Download } from '../parts/download';
import { Empty, Problem, Skeleton } from '../parts/states';
import { addDays, isDay, rangeOf, timeIn, utc } from '../words/calendar';
import { count, inWords } from '../words/durations';
import { howItEnded, lostReasons } from '../words/kinds';
import { time, today } from '../words/times';
import { zone } from '../words/zone';
import { Strips } from './strips';

export function Person({ identity }: { identity: string }) {
  const first = firstDay(address.value.query.get('from'));
  const days = Array.from({ length: 7 }, (_, at) => addDays(first, at));
  const range = rangeOf(days[0]!, days[6]!, zone.value);
  const { data, error, again } = useAnswer(OnePerson, { identity, range });
  const newest = data?.newest.nodes[0];
  const csv = new URLSearchParams({ ...range, filter: JSON.stringify({ identity: { eq: identity } }) });
  return (
    <>
      <p class="crumbs">
        <a href={href('people')}>People</a> › {identity}
      </p>
      <header class="head">
        <div>
          <h1>
            {newest?.name || identity}
            <code>{identity}</code>
          </h1>
          {data && newest && <Summary data={data} />}
        </div>
        <div class="actions">
          <Week first={first} />
          <Download link={() => downloadLink(`export/participants.csv?${csv}`)}>CSV</Download>
        </div>
      </header>
      <Problem error={error} again={again} />
      {data === null && error === null && <Skeleton rows={9} height={34} />}
      {data && newest === undefined && <Empty title="Nobody with this identity was ever here." />}
      {data && newest && (
        <>
          <Strips days={days} stays={data.week.nodes} />
          {data.week.nodes.length > 0 ? (
            <Stays stays={data.week.nodes} />
          ) : (
            <Empty title="Not here in these seven days.">
              <button
                type="button"
                class="link"
                onClick={() => setQuery({ from: sevenTo(time(newest.joinedAt, 'iso day')) })}
              >
                Last here on {time(newest.joinedAt, 'weekday')}
              </button>
            </Empty>
          )}
        </>
      )}
    </>
  );
}

const sevenTo = (day: string): string => addDays(day, -6);

/** Of seven days; the last ones are up to today. */
function firstDay(given: string | null): string {
  return given !== null && isDay(given) ? given : sevenTo(today());
}

function Week({ first }: { first: string }) {
  const show = (from: string): void => setQuery({ from: from < sevenTo(today()) ? from : null });
  return (
    <span class="week">
      <button type="button" class="button" aria-label="The seven days before" onClick={() => show(addDays(first, -7))}>
        ‹
      </button>
      <span class="chip">
        <b>
          {timeIn('UTC', first, 'short day')} to {timeIn('UTC', addDays(first, 6), 'short day')}
        </b>
      </span>
      <button
        type="button"
        class="button"
        aria-label="The seven days after"
        disabled={addDays(first, 6) >= today()}
        onClick={() => show(addDays(first, 7))}
      >
        ›
      </button>
    </span>
  );
}

function Summary({ data: { week, now } }: { data: OnePersonData }) {
  const stays = week.nodes;
  const rooms = new Set(stays.map(({ roomSid }) => roomSid)).size;
  const drops = stays.filter(({ disconnectReason }) => lostReasons.has(disconnectReason ?? '')).length;
  const seconds = stays.reduce((sum, { durationSeconds }) => sum + durationSeconds, 0);
  const [here] = now.nodes;
  return (
    <p>
      {count(stays.length, 'session', 'sessions')}
      {week.pageInfo.hasNextPage && ' and more'} in {count(rooms, 'room', 'rooms')} in seven days, {inWords(seconds)}.{' '}
      {drops > 0 && `Dropped out ${drops === 1 ? 'once' : `${drops} times`}. `}
      {here && (
        <>
          Now: <i class="dot" /> in{' '}
          <a href={href(`rooms/${encodeURIComponent(here.roomSid)}`, { sel: here.sid })}>{here.roomName}</a>
        </>
      )}
    </p>
  );
}

function Stays({ stays }: { stays: readonly Stay[] }) {
  return (
    <table class="card rows">
      <thead>
        <tr>
          <th scope="col">Day</th>
          <th scope="col">Room</th>
          <th scope="col">Joined</th>
          <th scope="col">Left</th>
          <th scope="col" class="number">
            For
          </th>
          <th scope="col">How it ended</th>
        </tr>
      </thead>
      <tbody>
        {stays.map((stay) => (
          <tr key={stay.sid}>
            <td class="quiet">{time(stay.joinedAt, 'weekday')}</td>
            <th scope="row">
              <a class="room" href={href(`rooms/${encodeURIComponent(stay.roomSid)}`, { sel: stay.sid })}>
                {stay.roomName}
              </a>
            </th>
            <td title={utc(stay.joinedAt)}>{time(stay.joinedAt, 'clock')}</td>
            <td title={stay.leftAt ? utc(stay.leftAt) : ''}>
              {stay.leftAt ? time(stay.leftAt, 'clock') : 'still here'}
            </td>
            <td class="number">{inWords(stay.durationSeconds)}</td>
            <td>
              <HowItEnded stay={stay} />
            </td>
          </tr>
        ))}
      </tbody>
    </table>
  );
}

function HowItEnded({ stay }: { stay: Stay }) {
  const lost = lostReasons.has(stay.disconnectReason ?? '');
  const derived = stay.endSource !== null && stay.endSource !== 'REPORTED';
  if (!lost && !derived) return <span class="quiet">{howItEnded(stay)}</span>;
  const within = stay.endUncertaintySeconds ? `, within ${inWords(stay.endUncertaintySeconds)}` : '';
  return (
    <span class="tag warn">
      {howItEnded(stay)}
      {within}
    </span>
  );
}
