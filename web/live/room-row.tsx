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
        {room.agents.nodes.length === 0 ? (
          <Nothing />
        ) : (
          room.agents.nodes.map((agent) => (
            <span key={agent.sid} class="tag agent">
              {agent.name || agent.identity}
            </span>
          ))
        )}
      </td>
      <td class="heard quiet">
        <Heard at={Date.parse(room.lastSeenAt)} />
      </td>
    </tr>
  );
}

const Nothing = () => <span class="quiet nothing">–</span>;

/** Alone, so that a second redraws nothing else. */
function OpenFor({ startedAt }: { startedAt: number }) {
  const seconds = (now.value - startedAt) / 1000;
  return <time title={`open for ${inWords(seconds)}`}>{onTheClock(seconds)}</time>;
}

function Heard({ at }: { at: number }) {
  return <>{ago((now.value - at) / 1000)}</>;
}
