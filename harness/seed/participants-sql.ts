import type { Plan } from './plan.js';

/** The participants of the chunk's rooms, with what their tracks, and their rooms, are made from. */
export const chunkParticipants = ({ until }: Plan): string => `
  create temp table chunk_participant as
  select p.*, case when fate <> 'told' or leave > ${until} then null else leave / 1000 * 1000 end as told,
    case when fate = 'told' and leave <= ${until} then leave when tracks > 0 then joined + 800 * tracks else joined end
      / 1000 * 1000 as last_seen,
    pg_temp.at(lead(joined) over (partition by r, who order by joined, sid)) as superseded_at
  from (
    select p.*, 'PA_' || pg_temp.code(n) as sid, pg_temp.draw(who, 7) as nature,
      case when fate = 'aborted' then 0 when media < 0.3 then 0 when media < 0.75 then 1 when media < 0.95 then 2 else 3 end
        as tracks,
      joined + 5000 + floor(stay * (coalesce(finish, joined + 10800000) - joined - 6000))::bigint as leave
    from (
      select chunk_room.r, chunk_room.sid as room_sid, name as room_name, finish, n, pg_temp.draw(n, 8) as media,
        pg_temp.draw(n, 9) as stay,
        started + 1000 + floor(pg_temp.draw(n, 10) ^ 2 * 0.8 * (coalesce(finish, ${until}) - started - 20000))::bigint
          as joined,
        -- Some come back, or a second time.
        pg_temp.identity_number(case when pg_temp.draw(n, 5) < 0.02 then n - 1 else n end) as who,
        case when pg_temp.draw(n, 6) < 0.01 then 'aborted' when pg_temp.draw(n, 6) < 0.04 then 'unsaid' else 'told' end
          as fate
      from chunk_room cross join lateral
        generate_series(pg_temp.sessions_before(r) + 1, pg_temp.sessions_before(r + 1)) n
    ) p
  ) p`;

/** Of the candidates that end one who never said goodbye, each is moved up to the last sign of life. */
const cascaded = 'case when finish is not null then pg_temp.at(greatest(finish, last_seen)) end';
const superseded = 'case when superseded_at is not null then greatest(superseded_at, pg_temp.at(last_seen)) end';
const aborted = 'joined / 1000 + 3';

export const insertParticipants = `
  insert into participant (project, room_name, sid, room_sid, identity, state, started_at, start_source, ended_at,
    end_source, end_uncertainty_ms, last_seen_at, disconnect_reason, counted, publisher, name, kind, kind_details,
    hidden, dependent, region, attributes, joined_ms, joined_s, first_seen_at, joined, has_track, left_clock,
    left_reason, aborted_clock, aborted_reason, told_end_at, superseded_at, profile_clock)
  select 'default', room_name, sid, room_sid, 'user-' || who, state, started_at, 'REPORTED', ended_at, end_source,
    case when end_source is null then null
      when end_source <> 'REPORTED' then greatest(1000, extract(epoch from ended_at - last_seen_at) * 1000)
      when reason = 'CLIENT_INITIATED' then 1000
      else greatest(1000, least(25000, extract(epoch from ended_at - started_at) * 1000)) end,
    last_seen_at, reason, fate <> 'aborted' and kind not in ('AGENT', 'EGRESS'), tracks > 0,
    'User ' || who, kind, '[]', kind = 'EGRESS', kind in ('AGENT', 'EGRESS'),
    case when who % 3 = 0 then 'us' else 'eu' end,
    case kind when 'SIP' then jsonb_build_object('sip.phoneNumber', '+49' || 1700000000 + who)
      else jsonb_build_object('device', (array['laptop', 'phone', 'tablet'])[who % 3 + 1]) end,
    started_at, pg_temp.at(joined / 1000 * 1000),
    case when fate = 'aborted' then told_end_at else pg_temp.at(joined / 1000 * 1000) end, fate <> 'aborted',
    tracks > 0, case when fate = 'told' then pg_temp.clock(extract(epoch from told_end_at)::bigint) || ' ' || event end,
    case when fate = 'told' then reason end,
    case when fate = 'aborted' then pg_temp.clock(extract(epoch from told_end_at)::bigint) || ' ' || event end,
    case when fate = 'aborted' then reason end, told_end_at, superseded_at,
    case when fate = 'told' and told_end_at is not null then '0000000000000000006 ' || pg_temp.clock(told / 1000) || ' 1 '
      when fate = 'aborted' then '0000000000000000002 ' || pg_temp.clock(${aborted}) || ' 2 '
      else '0000000000000000002 ' || pg_temp.clock(joined / 1000) || ' 0 ' end || event
  from chunk_end order by joined`;

/** Each participant with its end. */
export const chunkEnds = `
  create temp table chunk_end as
  select p.*, pg_temp.at(joined) as started_at, kinds.kind,
    case when fate = 'aborted' then 'ABORTED' when ended_at is null then 'ACTIVE' else 'LEFT' end as state
  from (
    select p.*, pg_temp.event(n, 0) as event,
      case when fate = 'aborted' then 'JOIN_FAILURE' when told is null then null
        when pg_temp.draw(n, 11) < 0.9 then 'CLIENT_INITIATED' else 'CONNECTION_TIMEOUT' end as reason,
      case when fate = 'aborted' then pg_temp.at((${aborted}) * 1000) else pg_temp.at(told) end as told_end_at,
      case when fate = 'aborted' then pg_temp.at((${aborted}) * 1000) else pg_temp.at(last_seen) end as last_seen_at,
      case when fate = 'aborted' then pg_temp.at(greatest(joined, (${aborted}) * 1000)) when told is not null
        then pg_temp.at(greatest(joined, told)) when superseded_at is not null or finish is not null
        then greatest(least(${superseded}, ${cascaded}), pg_temp.at(joined)) end as ended_at,
      case when fate = 'aborted' or told is not null then 'REPORTED' when superseded_at is null and finish is null then null
        when ${superseded} <= ${cascaded} or finish is null then 'SUPERSEDED' else 'CASCADED' end as end_source
    from chunk_participant p
  ) p cross join lateral (
    select case when nature < 0.93 then 'STANDARD' when nature < 0.96 then 'SIP' when nature < 0.98 then 'AGENT'
      when nature < 0.99 then 'EGRESS' else 'INGRESS' end as kind
  ) kinds`;
