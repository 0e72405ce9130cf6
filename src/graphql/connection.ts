import type { Page } from './read/list.js';
import type { Row } from './read/reading.js';

/** The resolvers of every connection of the API. Each reads only when it is selected. */
export const connection = {
  nodes: (page: Page) => page.rows(),
  edges: async (page: Page) => (await page.rows()).map((node) => ({ page, node })),
  pageInfo: (page: Page) => page,
  totalCount: (page: Page, { limit }: { limit?: number | null }) => page.count(limit ?? 10_000),
};

export const edge = {
  cursor: ({ page, node }: { page: Page; node: Row }) => page.cursor(node),
};

export const pageInfo = {
  hasNextPage: (page: Page) => page.hasNext(),
  hasPreviousPage: (page: Page) => page.hasPrevious(),
  startCursor: async (page: Page) => page.cursor((await page.rows()).at(0)),
  endCursor: async (page: Page) => page.cursor((await page.rows()).at(-1)),
};
