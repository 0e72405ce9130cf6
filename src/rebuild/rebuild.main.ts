import { onDatabase, progress, secondsSince } from './command.js';
import { rebuild } from './rebuild.js';

// `npm run rebuild`
await onDatabase(async (url) => {
  const began = performance.now();
  const events = await rebuild(url, progress(console.log));
  console.log(`Projected ${events} events again in ${secondsSince(began)}.`);
}, 1);
