import pg from 'pg';
import { recountSql } from '../src/rebuild/recount.js';
const c = new pg.Client(`postgres://postgres@127.0.0.1:55450/sessions_1m`); await c.connect();
for (const wm of ['4MB','64MB']) {
await c.query(`set work_mem='${wm}'`);
const t = performance.now();
const {rows} = await c.query(`explain (analyze, timing off) ${recountSql('public')}`);
console.log(wm, Math.round(performance.now()-t));
if (wm==='64MB') console.log(rows.map(r=>r['QUERY PLAN']).join('\n').slice(0,6000));
}
await c.end();
