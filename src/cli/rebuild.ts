import { onDatabases, progress, secondsSince } from './on-database.js';
import { rebuild } from '../rebuild/rebuild.js';
import { sharesOfThisMachine } from '../rebuild/shares.js';

const usage = `npm run rebuild [-- --project acme]
Projects the whole log of the service's database into new tables and swaps them in.
It reads DATABASE_URL and DATABASE_URLS, or else DATA_DIR, as the service does. Of several databases it takes all, one
after another, or with --project the one that a project has for itself.
Exit codes: 0 done, 1 not done.`;

await onDatabases({
  usage,
  failure: 1,
  work: async (url) => {
    const began = performance.now();
    const events = await rebuild(url, progress(console.log), sharesOfThisMachine());
    console.log(`Projected ${events} events again in ${secondsSince(began)}.`);
  },
});
