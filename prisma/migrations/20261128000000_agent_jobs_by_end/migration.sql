-- As every table of sessions has one: who was there of late is found by their ends, see src/graphql/read/span.ts.
CREATE INDEX agent_job_by_end ON agent_job (project, coalesce(ended_at, 'infinity'::timestamptz), job_id);
