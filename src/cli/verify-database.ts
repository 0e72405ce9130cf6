import { onDatabases, progress, secondsSince } from './on-database.js';
import { linesOf } from './verify-report.js';
import { sharesOfThisMachine } from '../rebuild/shares.js';
import { verify } from '../rebuild/verify.js';

const usage = `npm run verify [-- --project acme]
Projects the whole log of the service's database again, and compares its tables with the result. Changes nothing.
It reads DATABASE_URL and DATABASE_URLS, or else DATA_DIR, as the service does. Of several databases it takes all, one
after another, or with --project the one that a project has for itself.
Exit codes: 0 no difference, 1 differences, 2 could not tell.`;

await onDatabases({
  usage,
  failure: 2,
  work: async (url) => {
    const began = performance.now();
    const verification = await verify(url, progress(console.log), sharesOfThisMachine());
    for (const line of linesOf(verification)) console.log(line);
    console.log(`Projected ${verification.events} events again in ${secondsSince(began)}.`);
    if (verification.differing > 0) process.exitCode = 1;
  },
});
