import { readFile } from 'node:fs/promises';
import { beforeAll, expect, test } from 'vitest';
import { describeInBrowser } from './browser.js';
import { consultation } from './consultation.js';

describeInBrowser('Usage', (stage) => {
  const start = Date.now() - 7_200_000;
  const month = new Date(start).toLocaleDateString('sv', { timeZone: 'Europe/Berlin' }).slice(0, 7);
  beforeAll(async () => {
    for (const body of consultation(start)) await stage.service.deliver(body);
  });

  test('the CSV that is downloaded adds up to the sum of the table and of the API', async () => {
    const page = await stage.open(`/usage?month=${month}&minutes=NONE`);
    await page.locator('tfoot').waitFor();
    const [download] = await Promise.all([
      page.waitForEvent('download'),
      page.getByRole('button', { name: 'Download CSV' }).click(),
    ]);
    const [head, ...lines] = (await readFile(await download.path(), 'utf8')).trim().split(/\r?\n/);
    const at = head!.split(',').indexOf('seconds');
    const sum = lines.reduce((total, line) => total + Number(line.split(',')[at]), 0);
    const query = `{ usage(meter: PARTICIPANT, from: "2020-01-01T00:00:00Z", to: "2100-01-01T00:00:00Z",
      filter: {excludeParticipantKind: [AGENT, EGRESS]}) { seconds } }`;
    const { data } = await stage.service.query<{ usage: { seconds: number }[] }>(query);
    expect(sum).toBeCloseTo(data.usage[0]!.seconds, 3);
    expect(await page.locator('tfoot td').nth(1).innerText()).toBe((sum / 3600).toFixed(1));
  });

  test('draws what is not certain hatched, and leads from a sum to the sessions behind it', async () => {
    const page = await stage.open(`/usage?month=${month}`);
    await page.locator('.chart rect[fill="url(#uncertain)"]').waitFor();
    await page.getByRole('link', { name: 'clinic-north' }).click();
    await page.getByRole('link', { name: 'consultation-4821' }).waitFor();
    expect(page.url()).toContain('tenant=clinic-north');
  });

  test('shows the same question as GraphQL, which the API answers', async () => {
    const page = await stage.open(`/usage?month=${month}`);
    await page.getByRole('button', { name: 'As GraphQL' }).click();
    const { errors, data } = await stage.service.query<{ usage: object[] }>(
      await page.locator('.popover pre').innerText(),
    );
    expect(errors).toBeUndefined();
    expect(data.usage.length).toBeGreaterThan(0);
  });
});
