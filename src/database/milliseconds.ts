/** SQL for the milliseconds, as float8, of a timestamptz: Postgres writes numbers several times as fast as times. */
export function millisecondsOf(time: string): string {
  return `round(date_part('epoch', ${time}) * 1000)`;
}
