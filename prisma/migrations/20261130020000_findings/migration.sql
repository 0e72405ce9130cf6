-- What the service finds out by itself: by asking LiveKit, by a time limit, from an operator.
ALTER TABLE room ADD COLUMN learned text COLLATE "C";
ALTER TABLE participant ADD COLUMN learned text COLLATE "C";
ALTER TABLE track ADD COLUMN learned text COLLATE "C";
ALTER TABLE egress ADD COLUMN learned text COLLATE "C";
ALTER TABLE ingress_session ADD COLUMN learned text COLLATE "C";
ALTER TABLE agent_job ADD COLUMN learned text COLLATE "C";

-- A time limit's end gives way to any other, also a later one: such rooms stay among those that a start can affect.
DROP INDEX room_family;
CREATE INDEX room_family ON room
  ((room_name || '/' || project), coalesce(CASE WHEN end_source <> 'EXPIRED' THEN ended_at END, 'infinity'::timestamptz));

CREATE TABLE sighting (
  project text COLLATE "C" NOT NULL,
  kind text COLLATE "C" NOT NULL,
  room_name text COLLATE "C" NOT NULL,
  sid text COLLATE "C" NOT NULL,
  seen_at timestamptz(3) NOT NULL,
  xid bigint NOT NULL DEFAULT (pg_current_xact_id()::text)::bigint,
  PRIMARY KEY (sid, room_name, project, kind)
);
CREATE INDEX sighting_by_transaction ON sighting (xid);

CREATE TABLE webhook_loss (
  project text COLLATE "C" NOT NULL,
  source text COLLATE "C" NOT NULL,
  hour timestamptz(3) NOT NULL,
  counter bigint NOT NULL,
  lost bigint NOT NULL,
  PRIMARY KEY (project, source, hour)
);

CREATE TABLE lease (
  name text COLLATE "C" PRIMARY KEY,
  holder text COLLATE "C" NOT NULL,
  until timestamptz(3) NOT NULL
);

-- What operators decided, each until the next decision about the same session. It reads no table of sessions, which a
-- rebuild replaces.
CREATE INDEX webhook_event_corrections ON webhook_event (project, epoch, xid, seq) WHERE event = 'roomledger.corrected';
CREATE VIEW correction AS
  SELECT * FROM (
    SELECT d.*, lead(d.at) OVER (PARTITION BY d.project, d.kind, d.session_id ORDER BY d.at, d.id) AS undone_at
    FROM (
      SELECT 'correction:' || split_part(e.id, ':', 2) AS id, e.project, e.room_name, e.epoch, e.xid, e.seq,
        to_timestamp((told ->> 'endedAt')::float8 / 1000) AS ended_at,
        to_timestamp((told ->> 'decidedAt')::float8 / 1000) AS at,
        told ->> 'by' AS by, told ->> 'reason' AS reason, told ->> 'kind' AS kind,
        CASE told ->> 'kind' WHEN 'ROOM' THEN e.room_sid WHEN 'PARTICIPANT' THEN e.participant_sid WHEN 'TRACK' THEN e.track_sid
          WHEN 'EGRESS' THEN e.egress_id WHEN 'INGRESS_SESSION' THEN e.resource_id ELSE e.job_id END AS session_id
      FROM webhook_event e CROSS JOIN LATERAL (SELECT e.payload -> 'roomledger' AS told) told_by
      WHERE e.event = 'roomledger.corrected' AND e.id LIKE 'roomledger:%'
    ) d
  ) decision WHERE ended_at IS NOT NULL;

-- For questions about the log's quality: nearly free to keep, because events arrive about in the order of their time.
-- Without summaries of the newest pages, a question would read all of them.
CREATE INDEX webhook_event_by_time ON webhook_event USING brin (created_at) WITH (pages_per_range = 32, autosummarize = on);
