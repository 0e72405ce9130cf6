import { href } from '../address/address';
import type { OpenRoom } from '../generated/operations';
import { Faces } from '../parts/faces';
import { ago, grouped, inWords, onTheClock } from '../words/durations';
import { now } from '../words/now';
import { tenantOf } from '../parts/tenant';

interface RoomRow {
  readonly room: OpenRoom;
  readonly top: number;
  readonly tenants: boolean;
}

export function RoomRow({ room, top, tenants }: RoomRow) {
  const { sid, name, participantCount, recording } = room;
  const tenant = tenantOf(room);
  const [agent, ...more] = room.agents.nodes;
  return (
    <tr style={{ transform: `translateY(${top}px)` }} data-sid={sid}>
      <th scope="row">
        <a class="room" href={href(`rooms/${encodeURIComponent(sid)}`)}>
          {name}
        </a>
        <code>{sid}</code>
      </th>
      {tenants && <td class="tenant">{tenant ?? '–'}</td>}
      <td class="people">
        <b>{grouped(participantCount)}</b>
        <Faces people={room.people.nodes} all={participantCount} />
      </td>
      <td class="number open">
        <OpenFor startedAt={Date.parse(room.startedAt)} />
      </td>
      <td class="recording">
        {recording ? (
          <span class="egress">
            <i class="dot" /> recording
          </span>
        ) : (
          <Nothing />
        )}
      </td>
      <td class="agent">
        {agent === undefined ? <Nothing /> : <Agent name={agent.name || agent.identity} more={more} />}
      </td>
      <td class="heard quiet">
        <Heard at={Date.parse(room.lastSeenAt)} />
      </td>
    </tr>
  );
}

function Agent({ name, more }: { name: string; more: readonly unknown[] }) {
  return (
    <>
      <span class="tag agent">{name}</span>
      {more.length > 0 && <small class="quiet"> and more</small>}
    </>
  );
}

const Nothing = () => <span class="quiet nothing">–</span>;

/** Alone, so that a second redraws nothing else. */
function OpenFor({ startedAt }: { startedAt: number }) {
  const seconds = (now.value - startedAt) / 1000;
  return (
    <time>
      <span>{onTheClock(seconds)}</span>
      <span class="narrow">open {inWords(seconds)}</span>
    </time>
  );
}

function Heard({ at }: { at: number }) {
  return <>{ago((now.value - at) / 1000)}</>;
}
