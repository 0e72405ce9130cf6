import { readFileSync } from 'node:fs';
import { createRequire } from 'node:module';
import { beforeAll, expect, test } from 'vitest';
import { describeInBrowser } from './browser.js';
import { consultation, roomSid } from './consultation.js';
import { PlayedRoom } from './played-room.js';

const axe = readFileSync(createRequire(import.meta.url).resolve('axe-core/axe.min.js'), 'utf8');

interface Violation {
  readonly id: string;
  readonly impact: string;
  readonly nodes: { readonly html: string }[];
}

describeInBrowser('axe', (stage) => {
  beforeAll(async () => {
    for (const body of consultation(Date.now() - 3_600_000)) await stage.service.deliver(body);
    const room = new PlayedRoom('open now', (body) => stage.service.deliver(body));
    await room.begins();
    await room.joins('ada');
    await stage.service.deliver(
      JSON.stringify({ event: 'room_started', id: 'EV_odd', createdAt: String(Math.floor(Date.now() / 1000)) }),
    );
  });

  const views = [
    ['Live', '/', '.live tbody tr'],
    ['Rooms', '/rooms', 'tbody tr'],
    ['Room', `/rooms/${roomSid}?sel=PA_chloe`, '.webhooks li.warn'],
    ['People', '/people', 'tbody tr'],
    ['a person', '/people/chloe-73', '.piece'],
    ['Usage', '/usage', 'tfoot'],
    ['Events', '/events', 'tbody tr'],
    ['an event', '/events?show=EV_odd', '.payload pre'],
    ['the IDE', '/ide', '.code.graphql .cm-content'],
    ['the sign-in', '/', 'form'],
  ] as const;
  const looks = views.flatMap(([name, path, ready]) =>
    (['light', 'dark'] as const).map((scheme) => ({ name, path, ready, scheme })),
  );

  test.each(looks)('finds nothing serious in $name, $scheme', async ({ name, path, ready, scheme }) => {
    const options = { colorScheme: scheme, bypassCSP: true, ...(name === 'the sign-in' && { token: null }) };
    const page = await stage.open(path, options);
    await page.locator(ready).first().waitFor();
    await page.evaluate(axe);
    const { violations } = await page.evaluate<{ violations: Violation[] }>('axe.run()');
    const serious = violations.filter(({ impact }) => impact === 'serious' || impact === 'critical');
    expect(
      serious.map(
        ({ id, nodes }) =>
          `${id}: ${nodes
            .slice(0, 3)
            .map(({ html }) => html)
            .join(' | ')}`,
      ),
    ).toEqual([]);
  });

  test.each([390, 1280])('no view is wider than %i px', async (width) => {
    for (const [name, path, ready] of views.slice(0, -1)) {
      const page = await stage.open(path, { viewport: { width, height: 800 } });
      await page.locator(ready).first().waitFor();
      expect(await page.evaluate('document.documentElement.scrollWidth - innerWidth'), name).toBeLessThanOrEqual(0);
    }
  });
});
