import { address, href } from '../address/address';
import { usePages } from '../api/use-pages';
import { FindPeople, type ParticipantFilter, type Stay } from '../generated/operations';
import { ClearFilters, TextFilter } from '../parts/filters';
import { More } from '../parts/more';
import { Empty, Problem, Skeleton } from '../parts/states';
import { daysOfAddress } from '../words/days';
import { howItEnded, toneOf, toneWords } from '../words/kinds';
import { time, utc } from '../words/times';
import { Person } from './person';

export function People() {
  const identity = address.value.path[1];
  return identity === undefined ? <Found /> : <Person key={identity} identity={identity} />;
}

function Found() {
  const { from, to, range } = daysOfAddress(7);
  const text = address.value.query.get('q')?.trim();
  const filter: ParticipantFilter = {
    activeDuring: range,
    kind: ['STANDARD', 'SIP', 'CONNECTOR', 'BRIDGE', 'OTHER'],
    ...(text && { identity: { contains: text } }),
  };
  const found = usePages(FindPeople, { filter }, ({ participants }) => participants);
  return (
    <>
      <header class="head">
        <div>
          <h1>People</h1>
          <p>Who was here, the newest first.</p>
        </div>
      </header>
      <div class="chips">
        <TextFilter name="q" label="Identity" />
        <TextFilter name="from" label="From" type="date" fallback={from} />
        <TextFilter name="to" label="To" type="date" fallback={to} />
      </div>
      <Problem error={found.error} again={found.again} />
      {found.nodes === null && found.error === null && <Skeleton rows={10} height={37} />}
      {found.nodes?.length === 0 && (
        <Empty title={`Nobody matches between ${from} and ${to}.`}>
          <ClearFilters names={['q', 'from', 'to']} />
        </Empty>
      )}
      {found.nodes !== null && found.nodes.length > 0 && <Table people={onceEach(found.nodes)} />}
      <More {...found} />
    </>
  );
}

function onceEach(stays: readonly Stay[]): Stay[] {
  return [...new Map([...stays].reverse().map((stay) => [stay.identity, stay])).values()].reverse();
}

function Table({ people }: { people: readonly Stay[] }) {
  return (
    <table class="card rows">
      <thead>
        <tr>
          <th scope="col">Person</th>
          <th scope="col">Kind</th>
          <th scope="col">Last joined</th>
          <th scope="col">Room</th>
          <th scope="col">How it ended</th>
        </tr>
      </thead>
      <tbody>
        {people.map((stay) => (
          <tr key={stay.identity}>
            <th scope="row">
              <a class="room" href={href(`people/${encodeURIComponent(stay.identity)}`)}>
                {stay.name || stay.identity}
              </a>{' '}
              <code>{stay.identity}</code>
            </th>
            <td>{toneWords[toneOf(stay.kind)]}</td>
            <td title={utc(stay.joinedAt)}>
              {time(stay.joinedAt, 'weekday')}, {time(stay.joinedAt, 'minute')}
            </td>
            <td>
              <a href={href(`rooms/${encodeURIComponent(stay.roomSid)}`, { sel: stay.sid })}>{stay.roomName}</a>
            </td>
            <td class="quiet">{howItEnded(stay)}</td>
          </tr>
        ))}
      </tbody>
    </table>
  );
}
