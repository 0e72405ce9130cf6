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

CREATE TABLE lease (
  name text COLLATE "C" PRIMARY KEY,
  holder text COLLATE "C" NOT NULL,
  until timestamptz(3) NOT NULL
);
