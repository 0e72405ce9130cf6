import { readFile } from 'node:fs/promises';
import { beforeAll, expect, test } from 'vitest';
import { describeInBrowser, expectSoon } from './browser.js';
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

  test('groups by what is typed, narrows to a tenant, and sorts by a column', async () => {
    const page = await stage.open(`/usage?month=${month}`);
    const names = (): Promise<string[]> => page.locator('.sums tbody th').allInnerTexts();
    await expectSoon(names).toEqual([expect.stringContaining('clinic-north')]);
    await page.getByLabel('Group by').selectOption("a path in the room's metadata");
    await page.getByLabel('Path or attribute').fill('no.such');
    await expectSoon(names).toEqual([expect.stringContaining('none')]);
    await page.getByLabel('Group by').selectOption('person');
    await expectSoon(names).toHaveLength(5);
    await page.getByRole('button', { name: 'Not certain' }).click();
    await expectSoon(async () => (await names())[0]).toContain('chloe-73');
    const shown = page.url();
    await page.getByLabel('Tenant', { exact: true }).fill('nobody');
    await page.getByText('Nothing was used then.').waitFor();
    await page.goto(shown);
    await expectSoon(async () => (await names())[0]).toContain('chloe-73');
  });

  test('folds its filters away on a narrow screen, and says how many are set', async () => {
    const page = await stage.open(`/usage?month=${month}&by=HOUR`, { viewport: { width: 390, height: 830 } });
    const filters = page.locator('.chips .chip');
    expect(await filters.filter({ visible: true }).count()).toBe(0);
    await page.getByRole('button', { name: 'Filter 2' }).click();
    expect(await filters.filter({ visible: true }).count()).toBe(await filters.count());
  });
});
