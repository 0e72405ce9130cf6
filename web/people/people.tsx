import { address, href } from '../address/address';
import { usePages } from '../api/use-pages';
import { FindPeople, type ParticipantFilter, type ParticipantKind, type Stay } from '../generated/operations';
import { ChoiceFilter, ClearFilters, DaysFilter, Filters, TextFilter } from '../parts/filters';
import { More } from '../parts/more';
import { Empty, Problem, Skeleton } from '../parts/states';
import { utc } from '../words/calendar';
import { daysOfAddress } from '../words/days';
import { howItEnded, toneOf, toneWords } from '../words/kinds';
import { time } from '../words/times';
import { Person } from './person';

const names = ['name', 'q', 'kind', 'from', 'to'];
const kinds: Readonly<Record<string, readonly ParticipantKind[]>> = {
  '': ['STANDARD', 'SIP', 'CONNECTOR', 'BRIDGE', 'OTHER'],
  person: ['STANDARD', 'CONNECTOR', 'BRIDGE', 'OTHER'],
  phone: ['SIP'],
  agent: ['AGENT'],
  ingress: ['INGRESS'],
};
const kindOptions = [
  ['', 'people and phones'],
  ['person', 'people'],
  ['phone', 'phones'],
  ['agent', 'agents'],
  ['ingress', 'streams in'],
] as const;

export function People() {
  const identity = address.value.path[1];
  return identity === undefined ? <Found /> : <Person key={identity} identity={identity} />;
}

function Found() {
  const { from, to, range } = daysOfAddress(7);
  const [name, identity, kind] = ['name', 'q', 'kind'].map((key) => address.value.query.get(key)?.trim());
  const filter: ParticipantFilter = {
    activeDuring: range,
    kind: kinds[kind ?? ''] ?? kinds['']!,
    ...(name && { name: { contains: name } }),
    ...(identity && { identity: { contains: identity } }),
  };
  const found = usePages(FindPeople, { filter }, ({ participants }) => participants);
  return (
    <>
      <header class="head">
        <div>
          <h1 class="view">People</h1>
          <p>Who was in which room, the newest first.</p>
        </div>
      </header>
      <Filters names={names}>
        <TextFilter name="name" label="Name" />
        <TextFilter name="q" label="Identity" />
        <ChoiceFilter name="kind" label="Who" options={kindOptions} />
        <DaysFilter from={from} to={to} />
      </Filters>
      <Problem error={found.error} again={found.again} />
      {found.nodes === null && found.error === null && <Skeleton rows={10} height={37} />}
      {found.nodes?.length === 0 && (
        <Empty title={`Nobody matches between ${from} and ${to}.`}>
          <ClearFilters names={names} />
        </Empty>
      )}
      {found.nodes !== null && found.nodes.length > 0 && <Table people={onceEach(found.nodes)} />}
      <More {...found} />
    </>
  );
}

const placeOf = ({ identity, roomSid }: Stay): string => `${roomSid} ${identity}`;

/** The newest stay of each person in each room. */
function onceEach(stays: readonly Stay[]): Stay[] {
  return [...new Map([...stays].reverse().map((stay) => [placeOf(stay), stay])).values()].reverse();
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
          <tr key={placeOf(stay)}>
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
