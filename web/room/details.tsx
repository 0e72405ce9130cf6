import type { ComponentChildren } from 'preact';
import { useLayoutEffect, useRef } from 'preact/hooks';
import { href } from '../address/address';
import { utc } from '../words/calendar';
import { inWords } from '../words/durations';
import { doubtfulFrom, isDerived } from '../words/doubt';
import { howItEnded, sourceWords } from '../words/kinds';
import { time } from '../words/times';
import type { TimeSource, WebhookEventFilter } from '../generated/operations';
import { type Bar, trackWords } from './lines';
import type { Whole } from './use-room';
import { WebhooksBehind } from './webhooks';

interface Selection {
  readonly whole: Whole;
  readonly bar: Bar | null;
  readonly close: () => void;
  readonly now: number;
}

export function Details({ whole, bar, close, now }: Selection) {
  const about = bar ?? roomBar(whole);
  const ref = useRef<HTMLDivElement>(null);
  useLayoutEffect(() => showBarAbove(ref.current!), []);
  return (
    <div
      ref={ref}
      class={bar === null ? 'details' : 'details chosen'}
      onKeyDown={({ key }) => key === 'Escape' && close()}
    >
      <section class="card" aria-live="polite">
        <header>
          <h2>{bar === null ? 'The room' : about.label}</h2>
          <Trust bar={about} />
          {bar !== null && (
            <button type="button" class="link" onClick={close}>
              Close
            </button>
          )}
        </header>
        <dl class="facts">
          <Times bar={about} now={now} />
          <More whole={whole} bar={bar} />
        </dl>
      </section>
      <WebhooksBehind filter={filterOf(about, whole.room.sid)} missing={missingEnd(about)} />
    </div>
  );
}

/** The details of a bar may lie over it. */
function showBarAbove(details: HTMLElement): void {
  const bar = document.querySelector('.bar[aria-pressed="true"]');
  if (bar) scrollBy(0, Math.max(0, bar.getBoundingClientRect().bottom + 24 - details.getBoundingClientRect().top));
}

function roomBar({ room }: Whole): Bar {
  const { sid: id, name: label, endSource, endUncertaintySeconds } = room;
  const to = room.endedAt === null ? null : Date.parse(room.endedAt);
  const times = { from: Date.parse(room.startedAt), to, lastSeenAt: Date.parse(room.lastSeenAt) };
  return { id, label, kind: 'participant', tone: 'person', reason: null, ...times, endSource, endUncertaintySeconds };
}

function filterOf({ id, kind }: Bar, roomSid: string): WebhookEventFilter {
  if (id === roomSid) return { roomSid: [id] };
  const name = { participant: 'participantSid', egress: 'egressId', ingress: 'resourceId', job: 'jobId' }[kind];
  return { [name]: [id] };
}

const ends = {
  participant: 'participant_left',
  egress: 'egress_ended',
  ingress: 'ingress_ended',
  job: 'agent_job_ended',
};

function missingEnd({ id, kind, to, endSource }: Bar): string | null {
  const derived: readonly (TimeSource | null)[] = ['CASCADED', 'SUPERSEDED', 'EXPIRED'];
  if (to === null || !derived.includes(endSource)) return null;
  return `${id.startsWith('RM_') ? 'room_finished' : ends[kind]} never came`;
}

function Trust({ bar: { to, endSource } }: { bar: Bar }) {
  if (to === null) return <span class="tag">open</span>;
  return endSource === 'REPORTED' ? <span class="tag good">reported</span> : <span class="tag warn">end derived</span>;
}

function Fact({ name, children }: { name: string; children: ComponentChildren }) {
  return (
    <div>
      <dt>{name}</dt>
      <dd>{children}</dd>
    </div>
  );
}

function Moment({ at }: { at: number }) {
  return (
    <time title={utc(at)} dateTime={new Date(at).toISOString()}>
      {time(at, 'clock')}
      <small>.{new Date(at).toISOString().slice(20, 23)}</small>
    </time>
  );
}

function Times({ bar, now }: { bar: Bar; now: number }) {
  const end = bar.to ?? now;
  const doubt = (end - doubtfulFrom(bar, now)) / 1000;
  const derived = isDerived(bar);
  return (
    <>
      <Fact name="From">
        <Moment at={bar.from} />
      </Fact>
      <Fact name="To">
        {bar.to === null ? 'still open' : <Moment at={bar.to} />}{' '}
        {bar.endSource !== null && (
          <span class={bar.endSource === 'REPORTED' ? 'quiet' : 'warn'}>
            {!derived && doubt > 0.0005 && `±${inWords(doubt)}, `}
            {sourceWords[bar.endSource]} <code>{bar.endSource}</code>
          </span>
        )}
      </Fact>
      <Fact name="Last sign of life">
        <Moment at={bar.lastSeenAt} />
      </Fact>
      <Fact name="Counted">
        {inWords((end - bar.from) / 1000)}
        {derived && doubt > 0.0005 && (
          <>
            , of which <b>{inWords(doubt)}</b> not certain
          </>
        )}
      </Fact>
    </>
  );
}

function More({ whole, bar }: { whole: Whole; bar: Bar | null }) {
  if (bar === null)
    return whole.room.metadata ? (
      <Fact name="Metadata">
        <code>{whole.room.metadata}</code>
      </Fact>
    ) : null;
  const person = whole.people.find(({ sid }) => sid === bar.id);
  if (person === undefined) return <Other whole={whole} id={bar.id} />;
  const tracks = whole.tracks.filter(({ participantSid }) => participantSid === bar.id);
  return (
    <>
      <Fact name="How it ended">
        {howItEnded(person)} {person.disconnectReason && <code>{person.disconnectReason}</code>}
      </Fact>
      {tracks.length > 0 && (
        <Fact name="Tracks">
          {tracks.map((track) => (
            <span key={track.sid} class="track" title={track.sid}>
              {trackWords(track)} {time(track.publishedAt, 'clock')} to{' '}
              {track.unpublishedAt ? time(track.unpublishedAt, 'clock') : 'now'}
            </span>
          ))}
        </Fact>
      )}
      {person.region && <Fact name="Region">{person.region}</Fact>}
      <Fact name="Person">
        <a href={href(`people/${encodeURIComponent(person.identity)}`)}>all sessions of {person.identity}</a>{' '}
        <code>{person.sid}</code>
      </Fact>
    </>
  );
}

function Other({ whole: { room }, id }: { whole: Whole; id: string }) {
  const egress = room.egresses.nodes.find(({ egressId }) => egressId === id);
  const other =
    room.ingressSessions.nodes.find(({ resourceId }) => resourceId === id) ??
    room.agentJobs.nodes.find((job) => job.id === id);
  const error = egress?.error ?? other?.error;
  return (
    <>
      <Fact name="State">
        {(egress ?? other)?.status.toLowerCase()} <code>{id}</code>
      </Fact>
      {error && (
        <Fact name="Error">
          <span class="warn">{error}</span>
        </Fact>
      )}
      {egress?.outputs.map(({ kind, filename, sizeBytes }, at) => (
        <Fact key={at} name={kind.toLowerCase()}>
          {filename} {sizeBytes !== null && `${(sizeBytes / 1e6).toFixed(1)} MB`}
        </Fact>
      ))}
    </>
  );
}
