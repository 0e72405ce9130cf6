import { Module } from '@nestjs/common';
import { AccessModule } from '../access/access.module.js';
import { ApiModule } from '../graphql/api.module.js';
import { LedgersModule } from '../ledgers/ledgers.module.js';
import { Sockets } from './sockets.service.js';
import { Streams } from './streams.service.js';

@Module({ imports: [AccessModule, ApiModule, LedgersModule], providers: [Streams, Sockets] })
export class LiveModule {}
