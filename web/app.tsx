import type { ComponentType } from 'preact';
import { useEffect, useState } from 'preact/hooks';
import { address } from './address/address';
import { Live } from './live/live';
import { Shell, type View } from './parts/shell';
import { Empty, Problem } from './parts/states';
import { Refused } from './api/ask';
import { held, state, token } from './session/session';
import { OtherToken, SignIn } from './session/sign-in';
import { OwnRoom } from './room/own-room';

type Loader = () => Promise<ComponentType>;

/** Those but Live are loaded when they are first looked at. */
const loaders: Readonly<Record<string, Loader>> = {
  rooms: async () => (await import('./rooms/rooms')).Rooms,
  room: async () => (await import('./room/room')).Room,
  people: async () => (await import('./people/people')).People,
  usage: async () => (await import('./usage/usage')).Usage,
  events: async () => (await import('./events/events')).Events,
  ide: async () => (await import('./ide/ide')).Ide,
};

const projectViews: readonly View[] = [
  { path: '', name: 'Live' },
  { path: 'rooms', name: 'Rooms' },
  { path: 'people', name: 'People' },
  { path: 'usage', name: 'Usage' },
  { path: 'events', name: 'Events' },
  { path: 'ide', name: 'GraphQL' },
];
const roomViews: readonly View[] = [{ path: 'rooms', name: 'This room' }];

export function App() {
  if (state.value === 'asking other tabs') return null;
  if (state.value !== 'signed in') return <SignIn />;
  const room = held.value!.room;
  return (
    <Shell key={token.value} views={room === null ? projectViews : roomViews}>
      <OtherToken />
      <Current room={room} />
    </Shell>
  );
}

function Current({ room }: { room: string | null }) {
  const [first = '', second] = address.value.path;
  if (first === 'rooms' && second !== undefined) return <Lazy key={second} name="room" />;
  if (room !== null && first === '') return <OwnRoom name={room} />;
  if (room !== null && first !== 'rooms') return <Empty title={`Your token shows the room ${room} only.`} />;
  return first === '' ? <Live /> : <Lazy key={first} name={first} />;
}

function Lazy({ name }: { name: string }) {
  const [View, setView] = useState<ComponentType | null>(null);
  const [failed, setFailed] = useState(false);
  useEffect(() => {
    loaders[name]?.().then(
      (view) => setView(() => view),
      () => setFailed(true),
    );
  }, [name]);
  if (loaders[name] === undefined) return <Empty title="There is no such view." />;
  if (failed)
    return (
      <Problem error={new Refused('UNAVAILABLE', 'This view could not be loaded.')} again={() => location.reload()} />
    );
  return View && <View />;
}
