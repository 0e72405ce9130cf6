import { Module } from '@nestjs/common';
import { AccessModule } from '../access/access.module.js';
import { ApiModule } from '../graphql/api.module.js';
import { ReadModule } from '../read/read.module.js';
import { StreamModule } from '../stream/stream.module.js';
import { Sockets } from './sockets.service.js';
import { Streams } from './streams.service.js';

@Module({ imports: [AccessModule, ApiModule, ReadModule, StreamModule], providers: [Streams, Sockets] })
export class LiveModule {}
