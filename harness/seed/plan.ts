/** How much history to make, over how long, and the instant that it ends at, in ms. */
export interface Plan {
  readonly sessions: number;
  readonly rooms: number;
  readonly days: number;
  readonly until: number;
}

const DAY = 86_400_000;

/** The newest rooms, all of the last half hour, are open. */
function openRooms({ rooms }: Plan): number {
  return Math.min(50, Math.floor(rooms / 10));
}

/**
 * What a chunk's statements are written with. Everything follows from a number by hashing, so a plan makes the
 * same rows again; times are ms since 1970 until they are stored.
 */
export function planSql(plan: Plan): string {
  const { sessions, rooms, until } = plan;
  const newest = openRooms(plan);
  const past = rooms - newest;
  const from = Math.floor(until / DAY) * DAY - plan.days * DAY;
  const days = (until - DAY / 4 - from) / DAY;
  const identities = Math.max(20_000, Math.ceil(sessions / 50));
  const names = Math.max(1, Math.floor(rooms / 5));
  return `
    ${sqlFunction('draw(n bigint, salt int) returns float8', '(hashint8extended(n, salt) & 16777215) / 16777216.0::float8')}
    -- Odd, so that no two numbers share a code.
    ${sqlFunction('code(n bigint) returns text', `lpad(to_hex((n * 48613205209) & 281474976710655), 12, '0')`)}
    ${sqlFunction('at(ms bigint) returns timestamptz', 'to_timestamp(ms / 1000.0::float8)')}
    ${sqlFunction('second(ms bigint) returns bigint', 'ms / 1000')}
    ${sqlFunction('event(n bigint, part int) returns text', `'EV_' || pg_temp.code(n * 8 + part)`)}
    ${sqlFunction('clock(second bigint) returns text', `lpad(second::text, 10, '0')`)}
    -- Nine times as busy at noon as at midnight.
    ${sqlFunction(
      'room_start(r bigint) returns bigint',
      `case when r > ${past} then ${until} - 1800000 + 1700000 * (r - ${past}) / ${Math.max(1, newest)}
       else ${from} + floor(${DAY} * ((r - 0.5) / ${past} * ${days} + 0.127 * sin(2 * pi() * ((r - 0.5) / ${past} * ${days})::float8)))::bigint end`,
    )}
    ${sqlFunction('room_finish(r bigint) returns bigint', `(pg_temp.room_start(r) + 1800000 + floor(7200000 * pg_temp.draw(r, 1))::bigint) / 1000 * 1000`)}
    ${sqlFunction('is_open(r bigint) returns boolean', `r > ${past}`)}
    ${sqlFunction(
      'sessions_before(r bigint) returns bigint',
      `case when r <= 1 then 0 when r > ${rooms} then ${sessions}
       else floor(${sessions} * (r - 1 + 0.9 * (pg_temp.draw(r, 2) - 0.5)) / ${rooms})::bigint end`,
    )}
    ${sqlFunction('name_number(r bigint) returns bigint', `(r * 7919) % ${names}`)}
    ${sqlFunction('tenant(name_number bigint) returns bigint', '1 + floor(200 * pg_temp.draw(name_number, 3) ^ 2)::bigint')}
    ${sqlFunction('identity_number(n bigint) returns bigint', `floor(${identities} * pg_temp.draw(n, 4) ^ 2)::bigint`)}`;
}

function sqlFunction(signature: string, body: string): string {
  return `create function pg_temp.${signature} language sql immutable as $$ select ${body} $$;`;
}

/** The rooms of a chunk, and what is known of each before its participants are. */
export const chunkRooms = (plan: Plan): string => `
  create temp table chunk_room as
  select r, 'RM_' || pg_temp.code(r) as sid, started, finish, name_number, pg_temp.tenant(name_number) as tenant,
    'tenant-' || pg_temp.tenant(name_number) || '/room-' || name_number as name, ${plan.sessions} + r as e
  from (
    select r, pg_temp.room_start(r) as started, pg_temp.name_number(r) as name_number,
      case when pg_temp.is_open(r) then null else pg_temp.room_finish(r) end as finish
    from generate_series($1::bigint, $2::bigint) r
  ) numbered`;
