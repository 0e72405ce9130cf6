import { onDatabase, progress, secondsSince } from './on-database.js';
import { rebuild } from '../rebuild/rebuild.js';

await onDatabase(async (url) => {
  const began = performance.now();
  const events = await rebuild(url, progress(console.log));
  console.log(`Projected ${events} events again in ${secondsSince(began)}.`);
}, 1);
