import { address, setQuery } from '../address/address';
import { useAnswer } from '../api/use-answer';
import { usePages } from '../api/use-pages';
import { FindEvents, Problems, type WebhookEventFilter } from '../generated/operations';
import { ChoiceFilter, ClearFilters, DaysFilter, Filters, TextFilter } from '../parts/filters';
import { More } from '../parts/more';
import { Empty, Problem, Skeleton } from '../parts/states';
import { daysOfAddress } from '../words/days';
import { grouped } from '../words/durations';
import { EventList } from './event-list';
import { PayloadOf } from './payload';

const names = ['event', 'room', 'person', 'problems', 'id', 'from', 'to'];
const kinds = [
  'room_started',
  'room_finished',
  'participant_joined',
  'participant_left',
  'participant_connection_aborted',
  'track_published',
  'track_unpublished',
  'egress_started',
  'egress_updated',
  'egress_ended',
  'ingress_started',
  'ingress_ended',
  'agent_job_started',
  'agent_job_ended',
];

export function Events() {
  const { query } = address.value;
  const { from, to, range } = daysOfAddress(7);
  const found = usePages(FindEvents, { filter: filterOf(query, range) }, ({ webhookEvents }) => webhookEvents);
  const shown = query.get('show') ?? query.get('id');
  return (
    <>
      <header class="head">
        <div>
          <h1 class="view">Events</h1>
          <p>What LiveKit sent, and what the service found out by itself, newest first.</p>
        </div>
      </header>
      <HowManyProblems />
      <Filters names={names}>
        <ChoiceFilter
          name="event"
          label="Event"
          options={[['', 'any'], ...kinds.map((kind) => [kind, kind] as const)]}
        />
        <TextFilter name="room" label="Room" />
        <TextFilter name="person" label="Identity" />
        <DaysFilter from={from} to={to} />
        <ChoiceFilter
          name="problems"
          label="Problems"
          options={[
            ['', 'with the others'],
            ['only', 'only'],
          ]}
        />
      </Filters>
      <Problem error={found.error} again={found.again} />
      <div class={shown === null ? 'events' : 'events beside'}>
        <div>
          {found.nodes === null && found.error === null && <Skeleton rows={12} height={37} />}
          {found.nodes?.length === 0 && (
            <Empty title="No event matches.">
              <ClearFilters names={names} />
            </Empty>
          )}
          {found.nodes !== null && found.nodes.length > 0 && <EventList events={found.nodes} shown={shown} />}
          <More {...found} />
        </div>
        {shown !== null && <PayloadOf key={shown} id={shown} close={() => setQuery({ show: null, id: null })} />}
      </div>
    </>
  );
}

function filterOf(query: URLSearchParams, { from, to }: { from: string; to: string }): WebhookEventFilter {
  const [event, room, person, id] = ['event', 'room', 'person', 'id'].map((key) => query.get(key)?.trim());
  if (id) return { id: [id] };
  // Those of one room, and problems, are found whenever they were.
  const free = query.get('from') === null && query.get('to') === null && (room || query.get('problems'));
  return {
    ...(!free && { createdAt: { gte: from, lt: to } }),
    ...(event && { event: [event] }),
    ...(room && (room.startsWith('RM_') ? { roomSid: [room] } : { roomName: { eq: room } })),
    ...(person && { identity: person }),
    ...(query.get('problems') === 'only' && { projected: false }),
  };
}

function HowManyProblems() {
  const { data } = useAnswer(Problems, {});
  const { value, precision } = data?.webhookEvents.totalCount ?? { value: 0, precision: 'EXACT' };
  if (value === 0 || address.value.query.get('problems') === 'only') return null;
  return (
    <p class="problem">
      {grouped(value)}
      {precision === 'AT_LEAST' && '+'} {value === 1 ? 'event is' : 'events are'} kept but could not be understood.
      <button type="button" class="link" onClick={() => setQuery({ problems: 'only', from: null, to: null })}>
        Show {value === 1 ? 'it' : 'them'}
      </button>
    </p>
  );
}
