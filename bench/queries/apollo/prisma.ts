import { PrismaPg } from '@prisma/adapter-pg';
import { PrismaClient } from './generated/client.js';

/** The client of the tables with their relations: `generate.ts` makes it. */
export class Prisma extends PrismaClient {
  constructor() {
    super({ adapter: new PrismaPg({ connectionString: process.env['DATABASE_URL']!, max: 10 }) });
  }
}
