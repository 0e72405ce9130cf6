import type { Page } from '../read/list.js';
import type { Row } from '../read/reading.js';

type Part = Pick<Page, 'rows' | 'cursor' | 'hasNext' | 'hasPrevious'>;

/** Shared by all connections. Each field reads only when selected. */
export const connection = {
  nodes: (page: Part) => page.rows(),
  edges: async (page: Part) => (await page.rows()).map((node) => ({ page, node })),
  pageInfo: (page: Part) => page,
  totalCount: (page: Page, { limit }: { limit?: number | null }) => page.count(limit ?? 10_000),
};

export const edge = {
  cursor: ({ page, node }: { page: Part; node: Row }) => page.cursor(node),
};

export const pageInfo = {
  hasNextPage: (page: Part) => page.hasNext(),
  hasPreviousPage: (page: Part) => page.hasPrevious(),
  startCursor: async (page: Part) => page.cursor((await page.rows()).at(0)),
  endCursor: async (page: Part) => page.cursor((await page.rows()).at(-1)),
};
