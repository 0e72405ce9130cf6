// `npm run verify` exits with 0 if nothing differs, 1 if something does, and 2 if it could not tell.
import('./verify-database.js').catch((error: unknown) => {
  console.error(error);
  process.exit(2);
});
