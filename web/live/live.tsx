import { useComputed, useSignal } from '@preact/signals';
import { useMemo, useRef } from 'preact/hooks';
import { address, setQuery } from '../address/address';
import type { OpenRoom } from '../generated/operations';
import { Empty, Problem, Skeleton } from '../parts/states';
import { useVisiblePart } from '../parts/visible-rows';
import { count } from '../words/durations';
import { now } from '../words/now';
import { Figures } from './figures';
import { NoRooms } from './no-rooms';
import { useOpenRooms } from './open-rooms';
import { RoomRow } from './room-row';
import { tenantOf } from '../parts/tenant';

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
          <h1>Live</h1>
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
    <input
      type="search"
      class="field"
      aria-label="Search rooms, people, sids"
      placeholder="Search rooms, people, sids"
      value={address.value.query.get('q') ?? ''}
      onInput={(event) => setQuery({ q: event.currentTarget.value })}
    />
  );
}

function Chips({ rooms }: { rooms: ReadonlyMap<string, OpenRoom> }) {
  const { query } = address.value;
  const tenants = [...new Set([...rooms.values()].map(tenantOf))].filter((name) => name !== null).sort();
  const chosen = query.get('tenant');
  if (chosen !== null && !tenants.includes(chosen)) tenants.push(chosen);
  return (
    <div class="chips">
      {tenants.length > 0 && (
        <label class="chip">
          Tenant
          <select value={chosen ?? ''} onChange={(event) => setQuery({ tenant: event.currentTarget.value })}>
            <option value="">any</option>
            {tenants.map((name) => (
              <option key={name} value={name}>
                {name}
              </option>
            ))}
          </select>
        </label>
      )}
      <label class="chip">
        Recording
        <select
          value={query.get('recording') ?? ''}
          onChange={(event) => setQuery({ recording: event.currentTarget.value })}
        >
          <option value="">any</option>
          <option value="yes">yes</option>
          <option value="no">no</option>
        </select>
      </label>
      <span class="quiet end">sorted by people</span>
    </div>
  );
}

const matches = (query: URLSearchParams) => {
  const [text, tenant, recording] = [query.get('q')?.toLowerCase() ?? '', query.get('tenant'), query.get('recording')];
  return (room: OpenRoom): boolean => {
    if (tenant !== null && tenantOf(room) !== tenant) return false;
    if (recording !== null && room.recording !== (recording === 'yes')) return false;
    const names = [
      room.name,
      room.sid,
      tenantOf(room),
      ...room.people.nodes.flatMap(({ name, identity }) => [name, identity]),
    ];
    return text === '' || names.some((name) => name?.toLowerCase().includes(text));
  };
};

const busiestFirst = (a: OpenRoom, b: OpenRoom): number =>
  b.participantCount - a.participantCount ||
  Date.parse(a.startedAt) - Date.parse(b.startedAt) ||
  (a.sid < b.sid ? -1 : 1);

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

/** Those that were there stay where they were; new ones come last. */
function keepPlaces(sorted: readonly OpenRoom[], order: readonly string[]): OpenRoom[] {
  const places = new Map(order.map((sid, place) => [sid, place]));
  const placeOf = ({ sid }: OpenRoom): number => places.get(sid) ?? Infinity;
  return [...sorted].sort((a, b) => (placeOf(a) === placeOf(b) ? 0 : placeOf(a) - placeOf(b)));
}

function NoMatch() {
  return (
    <Empty title="No open room matches.">
      <button type="button" class="link" onClick={() => setQuery({ q: null, tenant: null, recording: null })}>
        Clear the filters
      </button>
    </Empty>
  );
}
