import { correct } from './correct.js';

await correct('close');
