// npm run bench -- intake
import { BenchCluster } from './support/cluster.js';

const cluster = await BenchCluster.start();
console.log(`Node ${process.version}, ${cluster.version}`);
await cluster.stop();
