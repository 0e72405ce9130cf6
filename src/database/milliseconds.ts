// Stored times have whole milliseconds, which a double represents exactly enough; `extract` returns a slow numeric.

/** Timestamptz as float8 milliseconds since 1970: Postgres prints numbers several times as fast as times. */
export function millisecondsOf(time: string): string {
  return `round(date_part('epoch', ${time}) * 1000)`;
}

/** As bigint, for integer division; fails on infinity. */
export function wholeMillisecondsOf(time: string): string {
  return `(date_part('epoch', ${time}) * 1000)::bigint`;
}
