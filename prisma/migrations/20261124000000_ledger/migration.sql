-- Keys and filters compare in byte order (COLLATE "C") on every server.
-- Look-alike indexes let a cached plan take the wrong one: what merging reads by, beside primary keys, is
-- an expression that no other index has. What only queries need is named _by_…, and holds its order whole, but for
-- rooms by name: a plan that expects one row of an identity with thousands has nothing to sort either way.
-- _by_length has sessions by the class of their length, see src/graphql/read/span.ts; 99 are open ones.

CREATE TABLE webhook_event (
  project text COLLATE "C" NOT NULL,
  id text COLLATE "C" NOT NULL,
  created_seconds bigint NOT NULL,
  event text COLLATE "C" NOT NULL,
  created_at timestamptz(3) NOT NULL,
  received_at timestamptz(3) NOT NULL,
  deliveries integer NOT NULL,
  projected boolean NOT NULL,
  problem text,
  room_sid text COLLATE "C",
  room_name text COLLATE "C",
  participant_sid text COLLATE "C",
  participant_identity text COLLATE "C",
  track_sid text COLLATE "C",
  egress_id text COLLATE "C",
  ingress_id text COLLATE "C",
  resource_id text COLLATE "C",
  job_id text COLLATE "C",
  payload json NOT NULL,
  epoch integer NOT NULL,
  xid bigint NOT NULL DEFAULT (pg_current_xact_id()::text)::bigint,
  seq bigserial NOT NULL,
  PRIMARY KEY (id, project, created_seconds)
);
CREATE INDEX webhook_event_by_log ON webhook_event (project, epoch, xid, seq);
CREATE INDEX webhook_event_by_room ON webhook_event (room_sid, epoch, xid, seq) WHERE room_sid IS NOT NULL;
CREATE INDEX webhook_event_by_room_name ON webhook_event (project, room_name, epoch, xid, seq) WHERE room_name IS NOT NULL;
CREATE INDEX webhook_event_by_participant ON webhook_event (participant_sid, epoch, xid, seq) WHERE participant_sid IS NOT NULL;
CREATE INDEX webhook_event_by_egress ON webhook_event (egress_id, epoch, xid, seq) WHERE egress_id IS NOT NULL;
CREATE INDEX webhook_event_by_resource ON webhook_event (resource_id, epoch, xid, seq) WHERE resource_id IS NOT NULL;
CREATE INDEX webhook_event_by_job ON webhook_event (job_id, epoch, xid, seq) WHERE job_id IS NOT NULL;
CREATE INDEX webhook_event_by_problem ON webhook_event (project, epoch, xid, seq) WHERE NOT projected;

CREATE TABLE log_epoch (
  singleton boolean PRIMARY KEY DEFAULT true CHECK (singleton),
  epoch integer NOT NULL DEFAULT 1
);
INSERT INTO log_epoch DEFAULT VALUES;

CREATE TABLE merge_lock (
  key text COLLATE "C" NOT NULL,
  kind text COLLATE "C" NOT NULL,
  project text COLLATE "C" NOT NULL,
  PRIMARY KEY (key, kind, project)
);

CREATE TABLE room (
  project text COLLATE "C" NOT NULL,
  room_name text COLLATE "C" NOT NULL,
  sid text COLLATE "C" NOT NULL,
  started_at timestamptz(3) NOT NULL,
  start_source text NOT NULL,
  ended_at timestamptz(3),
  end_source text,
  end_uncertainty_ms bigint,
  last_seen_at timestamptz(3) NOT NULL,
  end_reason text,
  metadata text,
  metadata_json jsonb,
  empty_timeout_seconds integer,
  departure_timeout_seconds integer,
  max_participants integer,
  participant_count integer NOT NULL,
  participant_session_count integer NOT NULL,
  created_ms timestamptz(3),
  created_s timestamptz(3),
  first_seen_at timestamptz(3) NOT NULL,
  starts bigint[] NOT NULL,
  finish_clock text COLLATE "C",
  finish_reason text,
  life_at timestamptz(3),
  profile_clock text COLLATE "C",
  PRIMARY KEY (sid, room_name, project)
);
CREATE INDEX room_family ON room ((room_name || '/' || project), coalesce(ended_at, 'infinity'::timestamptz));
CREATE INDEX room_by_start ON room (project, started_at, sid, room_name);
CREATE INDEX room_by_end ON room (project, coalesce(ended_at, 'infinity'::timestamptz), sid, room_name);
CREATE INDEX room_by_length ON room (project, coalesce(width_bucket(date_part('epoch', ended_at - started_at),
    '{60,240,960,3840,15360,61440,245760,983040,3932160,15728640}'::float8[]), 99), started_at, sid, room_name);
CREATE INDEX room_by_name ON room (project, room_name, started_at, sid);

-- Room on its page for a participant's next version: without it, a table that is full once takes an entry in every
-- index for every track that somebody publishes.
CREATE TABLE participant (
  project text COLLATE "C" NOT NULL,
  room_name text COLLATE "C" NOT NULL,
  sid text COLLATE "C" NOT NULL,
  room_sid text COLLATE "C" NOT NULL,
  identity text COLLATE "C" NOT NULL,
  state text NOT NULL,
  started_at timestamptz(3) NOT NULL,
  start_source text NOT NULL,
  ended_at timestamptz(3),
  end_source text,
  end_uncertainty_ms bigint,
  last_seen_at timestamptz(3) NOT NULL,
  disconnect_reason text,
  counted boolean NOT NULL,
  publisher boolean NOT NULL,
  name text COLLATE "C",
  kind text COLLATE "C" NOT NULL,
  kind_details jsonb NOT NULL,
  hidden boolean NOT NULL,
  dependent boolean NOT NULL,
  region text,
  metadata text,
  metadata_json jsonb,
  attributes jsonb NOT NULL,
  joined_ms timestamptz(3),
  joined_s timestamptz(3),
  first_seen_at timestamptz(3) NOT NULL,
  joined boolean NOT NULL,
  has_track boolean NOT NULL,
  left_clock text COLLATE "C",
  left_reason text,
  migrated_clock text COLLATE "C",
  aborted_clock text COLLATE "C",
  aborted_reason text,
  told_end_at timestamptz(3),
  superseded_at timestamptz(3),
  profile_clock text COLLATE "C",
  PRIMARY KEY (sid, room_name, project)
) WITH (fillfactor = 80);
CREATE INDEX participant_family ON participant
  ((room_sid || '/' || identity || '/' || project), coalesce(superseded_at, 'infinity'::timestamptz)) WHERE identity <> '';
CREATE INDEX participant_cascade ON participant ((room_sid || '/' || project)) WHERE told_end_at IS NULL;
CREATE INDEX participant_by_room ON participant (room_sid, started_at, sid, room_name);
CREATE INDEX participant_by_room_name ON participant (project, room_name, started_at, sid);
CREATE INDEX participant_by_identity ON participant (project, identity, started_at, sid, room_name);
CREATE INDEX participant_by_start ON participant (project, started_at, sid, room_name);
CREATE INDEX participant_by_end ON participant (project, coalesce(ended_at, 'infinity'::timestamptz), sid, room_name);
CREATE INDEX participant_by_length ON participant (project, coalesce(width_bucket(date_part('epoch', ended_at - started_at),
    '{60,240,960,3840,15360,61440,245760,983040,3932160,15728640}'::float8[]), 99), started_at, sid, room_name);

CREATE TABLE track (
  project text COLLATE "C" NOT NULL,
  room_name text COLLATE "C" NOT NULL,
  sid text COLLATE "C" NOT NULL,
  room_sid text COLLATE "C" NOT NULL,
  participant_sid text COLLATE "C" NOT NULL,
  started_at timestamptz(3) NOT NULL,
  start_source text NOT NULL,
  ended_at timestamptz(3),
  end_source text,
  end_uncertainty_ms bigint,
  last_seen_at timestamptz(3) NOT NULL,
  name text COLLATE "C",
  type text COLLATE "C" NOT NULL,
  source text COLLATE "C" NOT NULL,
  mime_type text COLLATE "C",
  width integer,
  height integer,
  muted boolean NOT NULL,
  encryption text NOT NULL,
  stream text,
  info json NOT NULL,
  first_version bigint,
  last_version bigint NOT NULL,
  published_at timestamptz(3),
  first_seen_at timestamptz(3) NOT NULL,
  told_end_at timestamptz(3),
  info_clock text COLLATE "C" NOT NULL,
  PRIMARY KEY (sid, room_name, project)
);
CREATE INDEX track_cascade ON track ((participant_sid || '/' || project)) WHERE told_end_at IS NULL;
CREATE INDEX track_by_participant ON track (participant_sid, started_at, sid, room_name);
CREATE INDEX track_by_room ON track (room_sid, started_at, sid, room_name);
CREATE INDEX track_by_room_name ON track (project, room_name, started_at, sid);
CREATE INDEX track_by_start ON track (project, started_at, sid, room_name);
CREATE INDEX track_by_end ON track (project, coalesce(ended_at, 'infinity'::timestamptz), sid, room_name);
CREATE INDEX track_by_length ON track (project, coalesce(width_bucket(date_part('epoch', ended_at - started_at),
    '{60,240,960,3840,15360,61440,245760,983040,3932160,15728640}'::float8[]), 99), started_at, sid, room_name);

CREATE TABLE egress (
  project text COLLATE "C" NOT NULL,
  egress_id text COLLATE "C" NOT NULL,
  room_sid text COLLATE "C",
  room_name text COLLATE "C",
  type text COLLATE "C",
  started_at timestamptz(3) NOT NULL,
  start_source text NOT NULL,
  ended_at timestamptz(3),
  end_source text,
  end_uncertainty_ms bigint,
  last_seen_at timestamptz(3) NOT NULL,
  status text COLLATE "C" NOT NULL,
  source_type text COLLATE "C" NOT NULL,
  updated_at timestamptz(3),
  error text,
  error_code integer,
  details text,
  info json NOT NULL,
  outputs json NOT NULL,
  reported_start_at timestamptz(3),
  first_seen_at timestamptz(3) NOT NULL,
  told_end_at timestamptz(3),
  told_end_exact boolean NOT NULL,
  info_clock text COLLATE "C" NOT NULL,
  outputs_clock text COLLATE "C",
  PRIMARY KEY (egress_id, project)
);
CREATE INDEX egress_by_room ON egress (room_sid, started_at, egress_id) WHERE room_sid IS NOT NULL;
CREATE INDEX egress_by_room_name ON egress (project, room_name, started_at, egress_id) WHERE room_name IS NOT NULL;
CREATE INDEX egress_by_start ON egress (project, started_at, egress_id);
CREATE INDEX egress_by_end ON egress (project, coalesce(ended_at, 'infinity'::timestamptz), egress_id);
CREATE INDEX egress_by_length ON egress (project, coalesce(width_bucket(date_part('epoch', ended_at - started_at),
    '{60,240,960,3840,15360,61440,245760,983040,3932160,15728640}'::float8[]), 99), started_at, egress_id);

CREATE TABLE ingress_session (
  project text COLLATE "C" NOT NULL,
  ingress_id text COLLATE "C" NOT NULL,
  resource_id text COLLATE "C" NOT NULL,
  room_sid text COLLATE "C",
  room_name text COLLATE "C",
  started_at timestamptz(3) NOT NULL,
  start_source text NOT NULL,
  ended_at timestamptz(3),
  end_source text,
  end_uncertainty_ms bigint,
  last_seen_at timestamptz(3) NOT NULL,
  name text COLLATE "C",
  input_type text COLLATE "C" NOT NULL,
  status text COLLATE "C" NOT NULL,
  participant_identity text COLLATE "C",
  error text,
  transcoding boolean,
  info json NOT NULL,
  reported_start_at timestamptz(3),
  first_seen_at timestamptz(3) NOT NULL,
  reported_end_at timestamptz(3),
  end_seen_at timestamptz(3),
  superseded_at timestamptz(3),
  info_clock text COLLATE "C" NOT NULL,
  PRIMARY KEY (resource_id, ingress_id, project)
);
CREATE INDEX ingress_session_family ON ingress_session
  ((ingress_id || '/' || project), coalesce(superseded_at, 'infinity'::timestamptz));
CREATE INDEX ingress_session_by_room ON ingress_session (room_sid, started_at, resource_id, ingress_id) WHERE room_sid IS NOT NULL;
CREATE INDEX ingress_session_by_room_name ON ingress_session (project, room_name, started_at, resource_id, ingress_id) WHERE room_name IS NOT NULL;
CREATE INDEX ingress_session_by_start ON ingress_session (project, started_at, resource_id, ingress_id);
CREATE INDEX ingress_session_by_ingress ON ingress_session (ingress_id, started_at, resource_id);
CREATE INDEX ingress_session_by_end ON ingress_session (project, coalesce(ended_at, 'infinity'::timestamptz), resource_id, ingress_id);
CREATE INDEX ingress_session_by_length ON ingress_session (project, coalesce(width_bucket(date_part('epoch', ended_at - started_at),
    '{60,240,960,3840,15360,61440,245760,983040,3932160,15728640}'::float8[]), 99), started_at, resource_id, ingress_id);

CREATE TABLE agent_job (
  project text COLLATE "C" NOT NULL,
  job_id text COLLATE "C" NOT NULL,
  room_sid text COLLATE "C",
  room_name text COLLATE "C",
  waiting boolean NOT NULL,
  started_at timestamptz(3) NOT NULL,
  start_source text NOT NULL,
  ended_at timestamptz(3),
  end_source text,
  end_uncertainty_ms bigint,
  last_seen_at timestamptz(3) NOT NULL,
  agent_name text COLLATE "C",
  type text COLLATE "C" NOT NULL,
  status text COLLATE "C" NOT NULL,
  agent_identity text COLLATE "C",
  participant_identity text COLLATE "C",
  error text,
  info json NOT NULL,
  reported_start_at timestamptz(3),
  first_seen_at timestamptz(3) NOT NULL,
  start_seen_at timestamptz(3),
  reported_end_at timestamptz(3),
  end_seen_at timestamptz(3),
  info_clock text COLLATE "C" NOT NULL,
  PRIMARY KEY (job_id, project)
);
CREATE INDEX agent_job_by_room ON agent_job (room_sid, started_at, job_id) WHERE room_sid IS NOT NULL;
CREATE INDEX agent_job_by_room_name ON agent_job (project, room_name, started_at, job_id) WHERE room_name IS NOT NULL;
CREATE INDEX agent_job_by_start ON agent_job (project, started_at, job_id);
CREATE INDEX agent_job_by_length ON agent_job (project, coalesce(width_bucket(date_part('epoch', ended_at - started_at),
    '{60,240,960,3840,15360,61440,245760,983040,3932160,15728640}'::float8[]), 99), started_at, job_id);

-- What sessions add up to, by the quarter-hour (span 900), the hour, the day and 32 days, in seconds; see src/meter.
-- Intake adds to usage_delta, which nobody waits for, and a fold moves that to usage_cell: read both.
CREATE TABLE usage_cell (
  project text COLLATE "C" NOT NULL,
  meter text COLLATE "C" NOT NULL,
  span bigint NOT NULL,
  at bigint NOT NULL,
  type text COLLATE "C" NOT NULL,
  source text COLLATE "C" NOT NULL,
  starts bigint NOT NULL,
  ends bigint NOT NULL,
  offset_ms bigint NOT NULL,
  offset_minutes bigint NOT NULL,
  doubts bigint NOT NULL,
  doubt_offset_ms bigint NOT NULL,
  PRIMARY KEY (project, meter, span, at, type, source)
);

CREATE TABLE usage_delta (
  project text COLLATE "C" NOT NULL,
  meter text COLLATE "C" NOT NULL,
  at bigint NOT NULL,
  type text COLLATE "C" NOT NULL,
  source text COLLATE "C" NOT NULL,
  starts bigint NOT NULL,
  ends bigint NOT NULL,
  offset_ms bigint NOT NULL,
  offset_minutes bigint NOT NULL,
  doubts bigint NOT NULL,
  doubt_offset_ms bigint NOT NULL
);
