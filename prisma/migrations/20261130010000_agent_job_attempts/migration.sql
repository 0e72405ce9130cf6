-- A job can be tried again: only events of its latest attempt can end it, and its clock begins with the attempt.
ALTER TABLE agent_job ADD COLUMN attempts integer NOT NULL DEFAULT 0;
UPDATE agent_job SET info_clock = '0000000000 ' || info_clock;
