import { useAnswer } from '../api/use-answer';
import { Payload } from '../generated/operations';
import { Problem, Skeleton } from '../parts/states';
import { utc } from '../words/calendar';

export function PayloadOf({ id, close }: { id: string; close: () => void }) {
  const { data, error, again } = useAnswer(Payload, { id });
  const event = data?.webhookEvent;
  return (
    <aside class="card payload" aria-label="The event as sent" onKeyDown={({ key }) => key === 'Escape' && close()}>
      <header>
        <h2>{event?.event ?? id}</h2>
        <button type="button" class="link" onClick={close}>
          Close
        </button>
      </header>
      <Problem error={error} again={again} />
      {data === null && error === null && <Skeleton rows={8} height={20} />}
      {event === null && <p>There is no event with this id.</p>}
      {event && (
        <>
          <p class="quiet">
            {event.id}, queued {utc(event.createdAt)}, received {utc(event.receivedAt)}
          </p>
          {event.problem !== null && <p class="warn">{event.problem}</p>}
          <pre tabIndex={0} aria-label="Payload">
            {JSON.stringify(event.payload, null, 2)}
          </pre>
        </>
      )}
    </aside>
  );
}
