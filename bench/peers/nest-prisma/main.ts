// What people write today, after LiveKit's, Nest's and Prisma's own tutorials: Nest on Express, the SDK's
// WebhookReceiver, and one interactive transaction of upserts per event.
import 'reflect-metadata';
import { Controller, Headers, HttpCode, Module, Post, type RawBodyRequest, Req } from '@nestjs/common';
import { NestFactory } from '@nestjs/core';
import type { NestExpressApplication } from '@nestjs/platform-express';
import { PrismaPg } from '@prisma/adapter-pg';
import { WebhookReceiver } from 'livekit-server-sdk';
import { PrismaClient } from './generated/client.js';
import { record } from './record.js';

const env = process.env;
const prisma = new PrismaClient({ adapter: new PrismaPg({ connectionString: env['DATABASE_URL'] }) });
const receiver = new WebhookReceiver(env['LIVEKIT_API_KEY'] ?? '', env['LIVEKIT_API_SECRET'] ?? '');

/** Prisma's own two seconds for a connection are too short where hundreds wait: all would have to be sent again. */
const patience = { maxWait: 60_000, timeout: 60_000 };

@Controller('webhook')
class WebhookController {
  @Post()
  @HttpCode(200)
  async receive(@Req() request: RawBodyRequest<object>, @Headers('authorization') token: string): Promise<void> {
    const body = request.rawBody?.toString() ?? '';
    const event = await receiver.receive(body, token);
    await prisma.$transaction((tx) => record(tx, event, JSON.parse(body)), patience);
  }
}

@Module({ controllers: [WebhookController] })
class AppModule {}

const app = await NestFactory.create<NestExpressApplication>(AppModule, { rawBody: true, logger: ['error'] });
app.useBodyParser('json', { type: ['application/json', 'application/webhook+json'] });
await app.listen(Number(env['PORT']), '127.0.0.1');
process.on('SIGTERM', () => process.exit(0));
