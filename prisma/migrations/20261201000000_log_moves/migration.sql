-- The log in partitions by month (src/log). At most one part of it, the whole log or one partition, is copied into new
-- tables at a time; then they take its place.
CREATE TABLE log_move (
  singleton boolean PRIMARY KEY DEFAULT true CHECK (singleton),
  source text NOT NULL,
  -- The file that the pages are counted in: a table that was rewritten is copied anew.
  node bigint NOT NULL,
  pages bigint NOT NULL,
  page bigint NOT NULL DEFAULT 0,
  pieces json NOT NULL
);

-- Rows that were written meanwhile.
CREATE TABLE log_change (
  seq bigserial PRIMARY KEY,
  id text COLLATE "C" NOT NULL,
  project text COLLATE "C" NOT NULL,
  created_seconds bigint NOT NULL
);

CREATE FUNCTION note_log_change() RETURNS trigger LANGUAGE plpgsql SET search_path FROM CURRENT AS $$
BEGIN
  IF TG_OP = 'DELETE' THEN
    INSERT INTO log_change (id, project, created_seconds) VALUES (OLD.id, OLD.project, OLD.created_seconds);
  ELSE
    INSERT INTO log_change (id, project, created_seconds) VALUES (NEW.id, NEW.project, NEW.created_seconds);
  END IF;
  RETURN NULL;
END $$;

-- What a retention took out of the log: up to where in its order, and up to which time of events.
CREATE TABLE log_drop (
  part text COLLATE "C" PRIMARY KEY,
  epoch integer NOT NULL,
  xid bigint NOT NULL,
  seq bigint NOT NULL,
  created_until timestamptz(3) NOT NULL,
  received_until timestamptz(3) NOT NULL,
  rows bigint NOT NULL,
  archive text,
  dropped_at timestamptz(3) NOT NULL DEFAULT now(),
  -- An archive was put back since.
  restored_at timestamptz(3)
);
