import { useComputed, useSignal } from '@preact/signals';
import { useMemo, useRef } from 'preact/hooks';
import { address, href, setQuery } from '../address/address';
import type { OpenRoom } from '../generated/operations';
import { ChoiceFilter, ClearFilters, Filters } from '../parts/filters';
import { sizes } from '../parts/sizes';
import { Empty, Problem, Skeleton } from '../parts/states';
import { useVisiblePart } from '../parts/visible-rows';
import { count } from '../words/durations';
import { now } from '../words/now';
import { Figures } from './figures';
import { NoRooms } from './no-rooms';
import { useOpenRooms } from './open-rooms';
import { RoomRow } from './room-row';
import { tenantOf } from '../parts/tenant';
import { busiestFirst, keepPlaces, matches } from './order';

export function Live() {
  const store = useOpenRooms();
  const people = useComputed(() =>
    [...store.rooms.value.values()].reduce((sum, room) => sum + room.participantCount, 0),
  );
  const all = store.rooms.value;
  const loaded = store.loaded.value;
  const changed = useRef({ at: 0, all });
  const turn = Math.floor(now.value / 5_000);
  if (changed.current.all !== all && changed.current.at !== turn) changed.current = { at: turn, all };
  return (
    <>
      <header class="head">
        <div>
          <h1 class="view">Live</h1>
          <p>
            {loaded
              ? `${count(all.size, 'open room', 'open rooms')}, ${count(people.value, 'person', 'people')}. Changes appear by themselves.`
              : 'Asking…'}
          </p>
        </div>
        <Search />
      </header>
      <Problem error={store.error.value} again={() => void store.ask()} />
      <Figures rooms={loaded ? all.size : null} people={loaded ? people.value : null} changes={changed.current.at} />
      <Chips rooms={all} />
      {!loaded ? <Skeleton rows={8} height={55} /> : all.size === 0 ? <NoRooms /> : <Table rooms={all} />}
    </>
  );
}

function Search() {
  return (
    <label class="search">
      <span class="hidden">Search rooms, people, sids</span>
      <input
        type="search"
        class="field"
        placeholder="Search rooms, people, sids"
        value={address.value.query.get('q') ?? ''}
        onInput={(event) => setQuery({ q: event.currentTarget.value })}
      />
      <kbd>/</kbd>
    </label>
  );
}

const names = ['q', 'tenant', 'size', 'recording'];

function Chips({ rooms }: { rooms: ReadonlyMap<string, OpenRoom> }) {
  const tenants = [...new Set([...rooms.values()].map(tenantOf))].filter((name) => name !== null).sort();
  return (
    <Filters names={names.slice(1)}>
      {tenants.length > 0 && (
        <ChoiceFilter
          name="tenant"
          label="Tenant"
          options={[['', 'any'], ...tenants.map((name) => [name, name] as const)]}
        />
      )}
      <ChoiceFilter name="size" label="Size" options={sizes} />
      <ChoiceFilter
        name="recording"
        label="Recording"
        options={[
          ['', 'any'],
          ['yes', 'yes'],
          ['no', 'no'],
        ]}
      />
      <span class="quiet end">sorted by people</span>
    </Filters>
  );
}

function Table({ rooms }: { rooms: ReadonlyMap<string, OpenRoom> }) {
  const held = useSignal<readonly string[] | null>(null);
  const { query } = address.value;
  const sorted = useMemo(() => [...rooms.values()].filter(matches(query)).sort(busiestFirst), [rooms, query]);
  const shown = held.value === null ? sorted : keepPlaces(sorted, held.value);
  const tenants = sorted.some((room) => tenantOf(room) !== null);
  const hold = (): void => void (held.value ??= sorted.map(({ sid }) => sid));
  const part = useVisiblePart<HTMLTableSectionElement>(shown.length);
  const height = matchMedia('(max-width: 720px)').matches ? 72 : 55;
  if (shown.length === 0) return <NoMatch />;
  const first = Math.floor(part.top / height);
  const visible = shown.slice(first, Math.ceil(part.bottom / height) + 1);
  return (
    <table
      class="card rows live"
      onMouseEnter={hold}
      onMouseLeave={() => (held.value = null)}
      aria-rowcount={shown.length + 1}
    >
      <thead>
        <tr>
          <th scope="col">Room</th>
          {tenants && <th scope="col">Tenant</th>}
          <th scope="col">People</th>
          <th scope="col" class="number">
            Open for
          </th>
          <th scope="col">Recording</th>
          <th scope="col">Agent</th>
          <th scope="col">Last heard</th>
        </tr>
      </thead>
      <tbody ref={part.ref} style={{ height: `${shown.length * height}px` }}>
        {visible.map((room, index) => (
          <RoomRow key={room.sid} room={room} top={(first + index) * height} tenants={tenants} />
        ))}
      </tbody>
    </table>
  );
}

function NoMatch() {
  const text = address.value.query.get('q');
  return (
    <Empty title="No open room matches.">
      <ClearFilters names={names} />
      {text && (
        <p>
          Look for “{text}” in <a href={href('rooms', { name: text })}>past rooms</a> or among{' '}
          <a href={href('people', { name: text })}>people</a>
        </p>
      )}
    </Empty>
  );
}
