import { accessToken } from './access-token.js';

try {
  const { token, link } = await accessToken(process.argv.slice(2), process.env, Date.now());
  console.log(token);
  // So that the output is the token alone, for other commands.
  console.error(link);
} catch (error) {
  console.error(error instanceof Error ? error.message : error);
  process.exitCode = 1;
}
