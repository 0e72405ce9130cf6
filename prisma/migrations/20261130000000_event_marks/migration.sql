-- Events whose projection a rebuild saw otherwise than the log says, until the log says so too. Replaced with the
-- projected tables, and so empty but for the moment after a rebuild.
CREATE TABLE event_mark (
  id text COLLATE "C" NOT NULL,
  project text COLLATE "C" NOT NULL,
  created_seconds bigint NOT NULL,
  problem text,
  PRIMARY KEY (id, project, created_seconds)
);
