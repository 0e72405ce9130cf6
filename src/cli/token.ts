import { accessToken } from './access-token.js';

try {
  console.log(await accessToken(process.argv.slice(2), process.env, Date.now()));
} catch (error) {
  console.error(error instanceof Error ? error.message : error);
  process.exitCode = 1;
}
