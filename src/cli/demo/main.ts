import { demo } from './demo.js';
import { runCommand } from '../on-database.js';

await runCommand(1, () => demo(process.argv.slice(2), process.env));
