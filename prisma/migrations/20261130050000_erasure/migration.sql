-- People whose texts were replaced (docs/operations.md). Texts are known by a hash whose key is not in the database.
CREATE TABLE erasure (
  id integer GENERATED ALWAYS AS IDENTITY PRIMARY KEY,
  project text COLLATE "C" NOT NULL,
  at timestamptz(3) NOT NULL,
  by text NOT NULL,
  sessions integer NOT NULL,
  rooms integer NOT NULL,
  events integer NOT NULL,
  finished_at timestamptz(3),
  -- When the files that had held the texts were gone.
  files_gone_at timestamptz(3)
);
CREATE INDEX erasure_by_project ON erasure (project, id);

CREATE TABLE erased_text (
  erasure integer NOT NULL,
  fingerprint text COLLATE "C" NOT NULL,
  -- In UTF-16 code units.
  length integer NOT NULL,
  pseudonym text NOT NULL,
  PRIMARY KEY (erasure, fingerprint)
);

-- What an event must name to be rewritten by an erasure: a LiveKit id, or the fingerprint of an identity or a room
-- name that began before the erasure.
CREATE TABLE erased_key (
  project text COLLATE "C" NOT NULL,
  key text COLLATE "C" NOT NULL,
  erasure integer NOT NULL,
  -- Of the participant with this id.
  pseudonym text,
  -- Null: for ever.
  began_before timestamptz(3),
  -- Whether the log's rows with this id are rewritten.
  done boolean NOT NULL,
  PRIMARY KEY (key, project, erasure)
);
CREATE INDEX erased_key_to_do ON erased_key (erasure, key) WHERE NOT done;

CREATE TABLE erasure_version (
  singleton boolean PRIMARY KEY DEFAULT true CHECK (singleton),
  version integer NOT NULL DEFAULT 0,
  -- Tells a wrong key before it writes anything.
  key_check text
);
INSERT INTO erasure_version DEFAULT VALUES;

-- As the API lists them.
CREATE VIEW erasure_report AS
  SELECT 'erasure:' || e.id AS id, e.id AS number, e.project, e.at, e.by, e.sessions, e.rooms, e.events, e.finished_at, e.files_gone_at FROM erasure e;
