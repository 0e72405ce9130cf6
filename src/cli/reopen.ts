import { correct } from './correct.js';

await correct('reopen');
