import { address, href } from '../address/address';
import { usePages } from '../api/use-pages';
import { FindRooms, type FindRoomsData, type RoomFilter } from '../generated/operations';
import { ChoiceFilter, ClearFilters, DaysFilter, Filters, TextFilter } from '../parts/filters';
import { More } from '../parts/more';
import { sizeOf, sizes } from '../parts/sizes';
import { Empty, Problem, Skeleton } from '../parts/states';
import { tenantOf, tenantPath } from '../parts/tenant';
import { utc } from '../words/calendar';
import { daysOfAddress } from '../words/days';
import { count, grouped, inWords } from '../words/durations';
import { sourceWords } from '../words/kinds';
import { time } from '../words/times';

const names = ['name', 'person', 'tenant', 'open', 'size', 'from', 'to'];
const openness = [
  ['', 'any'],
  ['yes', 'yes'],
  ['no', 'no'],
] as const;

export function Rooms() {
  const { from, to, range } = daysOfAddress(30);
  const open = address.value.query.get('open');
  const found = usePages(FindRooms, { filter: filterOf(address.value.query, range) }, ({ rooms }) => rooms);
  return (
    <>
      <header class="head">
        <div>
          <h1 class="view">Rooms</h1>
          <p>Sessions of rooms, newest first. A room that is opened again is another session.</p>
        </div>
      </header>
      <Filters names={names}>
        <TextFilter name="name" label="Room" />
        <TextFilter name="person" label="Identity" />
        <TextFilter name="tenant" label="Tenant" />
        <DaysFilter from={from} to={to} />
        <ChoiceFilter name="open" label="Open" options={openness} />
        {open === 'yes' && <ChoiceFilter name="size" label="Size" options={sizes} />}
      </Filters>
      <Problem error={found.error} again={found.again} />
      {found.nodes === null && found.error === null && <Skeleton rows={10} height={47} />}
      {found.nodes?.length === 0 && (
        <Empty title={`No session matches between ${from} and ${to}.`}>
          <ClearFilters names={names} />
        </Empty>
      )}
      {found.nodes !== null && found.nodes.length > 0 && <Table rooms={found.nodes} />}
      <More {...found} />
    </>
  );
}

function filterOf(query: URLSearchParams, activeDuring: { from: string; to: string }): RoomFilter {
  const [name, person, tenant, open] = ['name', 'person', 'tenant', 'open'].map((key) => query.get(key)?.trim());
  const size = open === 'yes' ? sizeOf(query.get('size')) : null;
  return {
    activeDuring,
    ...(name && (name.startsWith('RM_') ? { sid: [name] } : { name: { contains: name } })),
    ...(person && { identity: person }),
    ...(tenant && { metadata: { path: tenantPath.value, eq: tenant } }),
    ...(open && { active: open === 'yes' }),
    ...(size && { participantCount: { gte: size.least, lte: size.most } }),
  };
}

type Found = FindRoomsData['rooms']['nodes'][number];

function Table({ rooms }: { rooms: readonly Found[] }) {
  return (
    <table class="card rows">
      <thead>
        <tr>
          <th scope="col">Room</th>
          <th scope="col">Tenant</th>
          <th scope="col">Began</th>
          <th scope="col" class="number">
            Lasted
          </th>
          <th scope="col" class="number">
            People
          </th>
          <th scope="col" class="number">
            Most at once
          </th>
          <th scope="col">State</th>
        </tr>
      </thead>
      <tbody>
        {rooms.map((room) => (
          <Row key={room.sid} room={room} />
        ))}
      </tbody>
      <tfoot class="hidden">
        <tr>
          <td colSpan={7}>{count(rooms.length, 'session', 'sessions')} shown</td>
        </tr>
      </tfoot>
    </table>
  );
}

function Row({ room }: { room: Found }) {
  return (
    <tr>
      <th scope="row">
        <a class="room" href={href(`rooms/${encodeURIComponent(room.sid)}`)}>
          {room.name}
        </a>{' '}
        <code>{room.sid}</code>
      </th>
      <td>{tenantOf(room) ?? '–'}</td>
      <td title={utc(room.startedAt)}>
        {time(room.startedAt, 'weekday')}, {time(room.startedAt, 'minute')}
      </td>
      <td class="number">{inWords(room.durationSeconds)}</td>
      <td class="number" data-label="people">
        {grouped(room.identityCount)}
      </td>
      <td class="number" data-label="at once">
        {grouped(room.peakParticipantCount)}
      </td>
      <td>
        <State room={room} />
      </td>
    </tr>
  );
}

function State({ room: { active, recording, endSource } }: { room: Found }) {
  if (active) {
    return (
      <>
        <span class="tag good">open</span>{' '}
        {recording && (
          <span class="egress">
            <i class="dot" /> recording
          </span>
        )}
      </>
    );
  }
  if (endSource === 'REPORTED') return <span class="quiet">ended</span>;
  return <span class="tag warn">{endSource && sourceWords[endSource]}</span>;
}
