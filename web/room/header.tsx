import { href } from '../address/address';
import { utc } from '../words/calendar';
import { count, grouped, inWords } from '../words/durations';
import { sourceWords } from '../words/kinds';
import { time } from '../words/times';
import { now } from '../words/now';
import type { RoomAnswer } from './use-room';

interface Header {
  readonly room: RoomAnswer;
  readonly all: (() => void) | null;
  readonly zoom: (() => void) | null;
}

export function RoomHeader({ room, all, zoom }: Header) {
  const { totalCount } = room.events;
  return (
    <>
      <p class="crumbs">
        <a href={href('rooms')}>Rooms</a> › <a href={href('rooms', { name: room.name })}>{room.name}</a>
      </p>
      <header class="head">
        <div>
          <h1>
            {room.name}
            <code>{room.sid}</code>
          </h1>
          <p>
            <WhenAndWho room={room} /> <Ending room={room} />
          </p>
        </div>
        <div class="actions">
          <button type="button" class="button" disabled={all === null} onClick={() => all?.()}>
            All
          </button>
          <button type="button" class="button" disabled={zoom === null} onClick={() => zoom?.()}>
            Zoom to selection
          </button>
          <a class="button" href={href('events', { room: room.sid })}>
            Events{' '}
            <b>
              {grouped(totalCount.value)}
              {totalCount.precision === 'AT_LEAST' && '+'}
            </b>
          </a>
        </div>
      </header>
    </>
  );
}

function WhenAndWho({ room }: { room: RoomAnswer }) {
  const { startedAt, endedAt } = room;
  const day = time(startedAt, 'day');
  const until =
    endedAt === null
      ? 'open'
      : `to ${time(endedAt, 'day') === day ? '' : `${time(endedAt, 'day')}, `}${time(endedAt, 'clock')}`;
  const lasted = endedAt === null ? (now.value - Date.parse(startedAt)) / 1000 : room.durationSeconds;
  return (
    <span title={`${utc(startedAt)} – ${endedAt === null ? 'open' : utc(endedAt)}`}>
      {day}, {time(startedAt, 'clock')} {until}
      {endedAt === null ? ' for ' : ', '}
      {inWords(lasted)}. {count(room.identityCount, 'person', 'people')}, at most {room.peakParticipantCount} at once
      {room.active ? `, ${room.participantCount} now` : ''}.
    </span>
  );
}

function Ending({ room: { active, endSource, endUncertaintySeconds, startSource } }: { room: RoomAnswer }) {
  if (active) return startSource === 'REPORTED' ? null : <span class="tag warn">start {sourceWords[startSource]}</span>;
  if (endSource === 'REPORTED') return <span class="tag good">end reported</span>;
  const within = endUncertaintySeconds ? `, within ${inWords(endUncertaintySeconds)}` : '';
  return (
    <span class="tag warn" title={endSource ?? ''}>
      end: {endSource && sourceWords[endSource]}
      {within}
    </span>
  );
}
