import { onDatabase, progress, secondsSince } from './on-database.js';
import { linesOf } from './verify-report.js';
import { verify } from '../rebuild/verify.js';

// `npm run verify` exits with 0 if nothing differs, 1 if something does, and 2 if it could not tell.
await onDatabase(async (url) => {
  const began = performance.now();
  const verification = await verify(url, progress(console.log));
  for (const line of linesOf(verification)) console.log(line);
  console.log(`Projected ${verification.events} events again in ${secondsSince(began)}.`);
  if (verification.differing > 0) process.exitCode = 1;
});
