-- The class of a session's length (src/read/span.ts), 99 while it is open; and its end, infinity while it is open.
CREATE FUNCTION length_class(started timestamptz, ended timestamptz) RETURNS int LANGUAGE sql IMMUTABLE PARALLEL SAFE
  RETURN coalesce(width_bucket(date_part('epoch', ended - started),
    '{60,240,960,3840,15360,61440,245760,983040,3932160,15728640}'::float8[]), 99);
CREATE FUNCTION end_or_infinity(ended timestamptz) RETURNS timestamptz LANGUAGE sql IMMUTABLE PARALLEL SAFE
  RETURN coalesce(ended, 'infinity'::timestamptz);

DROP INDEX room_by_end, room_by_length;
CREATE INDEX room_by_end ON room (project, end_or_infinity(ended_at), sid, room_name);
CREATE INDEX room_by_length ON room (project, length_class(started_at, ended_at), started_at, sid, room_name);

DROP INDEX participant_by_end, participant_by_length;
CREATE INDEX participant_by_end ON participant (project, end_or_infinity(ended_at), sid, room_name);
CREATE INDEX participant_by_length ON participant (project, length_class(started_at, ended_at), started_at, sid, room_name);

DROP INDEX track_by_end, track_by_length;
CREATE INDEX track_by_end ON track (project, end_or_infinity(ended_at), sid, room_name);
CREATE INDEX track_by_length ON track (project, length_class(started_at, ended_at), started_at, sid, room_name);

DROP INDEX egress_by_end, egress_by_length;
CREATE INDEX egress_by_end ON egress (project, end_or_infinity(ended_at), egress_id);
CREATE INDEX egress_by_length ON egress (project, length_class(started_at, ended_at), started_at, egress_id);

DROP INDEX ingress_session_by_end, ingress_session_by_length;
CREATE INDEX ingress_session_by_end ON ingress_session (project, end_or_infinity(ended_at), resource_id, ingress_id);
CREATE INDEX ingress_session_by_length ON ingress_session (project, length_class(started_at, ended_at), started_at, resource_id, ingress_id);

DROP INDEX agent_job_by_end, agent_job_by_length;
CREATE INDEX agent_job_by_end ON agent_job (project, end_or_infinity(ended_at), job_id);
CREATE INDEX agent_job_by_length ON agent_job (project, length_class(started_at, ended_at), started_at, job_id);
