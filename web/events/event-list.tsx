import { href, setQuery } from '../address/address';
import type { FindEventsData } from '../generated/operations';
import { utc } from '../words/calendar';
import { time } from '../words/times';

type Found = FindEventsData['webhookEvents']['nodes'][number];

export function EventList({ events, shown }: { events: readonly Found[]; shown: string | null }) {
  return (
    <table class="card rows">
      <thead>
        <tr>
          <th scope="col">When</th>
          <th scope="col">Event</th>
          <th scope="col">Room</th>
          <th scope="col">Person</th>
        </tr>
      </thead>
      <tbody>
        {events.map((one) => (
          <tr key={one.id} class={one.id === shown ? 'chosen' : ''}>
            <td title={utc(one.createdAt)} class="quiet">
              {time(one.createdAt, 'short day')}, {time(one.createdAt, 'clock')}
            </td>
            <th scope="row">
              <button
                type="button"
                class="link room"
                aria-expanded={one.id === shown}
                onClick={() => setQuery({ show: one.id })}
              >
                {one.event}
              </button>{' '}
              {one.problem !== null && <span class="tag warn">{one.problem}</span>}
              {one.deliveries > 1 && <span class="tag">came {one.deliveries} times</span>}
            </th>
            <td>
              {one.roomSid === null ? (
                one.roomName
              ) : (
                <a href={href(`rooms/${encodeURIComponent(one.roomSid)}`)}>{one.roomName ?? one.roomSid}</a>
              )}
            </td>
            <td>
              {one.participantIdentity && (
                <a href={href(`people/${encodeURIComponent(one.participantIdentity)}`)}>{one.participantIdentity}</a>
              )}
            </td>
          </tr>
        ))}
      </tbody>
    </table>
  );
}
