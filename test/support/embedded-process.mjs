// A process that owns an embedded server on the folder it is given, until its stdin ends or it is killed.
import { EmbeddedServer } from '../../dist/database/embedded/embedded-server.js';

const [folder = ''] = process.argv.slice(2);
try {
  const server = await EmbeddedServer.start(folder);
  console.log(JSON.stringify({ url: server.url }));
  process.stdin.once('close', () => void server.stop());
  process.stdin.resume();
} catch (error) {
  console.log(JSON.stringify({ error: error.message }));
}
