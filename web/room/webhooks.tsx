import { href } from '../address/address';
import { useAnswer } from '../api/use-answer';
import { type WebhookEventFilter, Webhooks, type WebhooksData } from '../generated/operations';
import { Problem, Skeleton } from '../parts/states';
import { utc } from '../words/calendar';
import { time } from '../words/times';

interface Behind {
  readonly filter: WebhookEventFilter;
  /** The event that should have ended it. */
  readonly missing: string | null;
}

type Event = WebhooksData['webhookEvents']['nodes'][number];

/** As LiveKit queued them; they may have come in another order. */
const inOrder = (a: Event, b: Event): number =>
  Date.parse(a.createdAt) - Date.parse(b.createdAt) || Date.parse(a.receivedAt) - Date.parse(b.receivedAt);

export function WebhooksBehind({ filter, missing }: Behind) {
  const { data, error, again } = useAnswer(Webhooks, { filter });
  const events = (data?.webhookEvents.nodes ?? []).toSorted(inOrder);
  return (
    <section class="card">
      <header>
        <h2>Webhooks behind it</h2>
      </header>
      <Problem error={error} again={again} />
      {data === null && error === null && <Skeleton rows={4} height={24} />}
      <ol class="webhooks" tabIndex={0} aria-label="Webhooks behind it">
        {data?.webhookEvents.pageInfo.hasNextPage && <li class="quiet">the newest 50</li>}
        {events.map(({ id, event, createdAt, participantIdentity }) => (
          <li key={id}>
            <a href={href('events', { id })} title={utc(createdAt)}>
              {time(createdAt, 'clock')}
            </a>
            <span>{event}</span>
            <span class="quiet">{participantIdentity ?? id}</span>
          </li>
        ))}
        {missing !== null && <li class="warn">{missing}</li>}
      </ol>
    </section>
  );
}
