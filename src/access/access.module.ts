import { Module } from '@nestjs/common';
import { TokenModule } from '../livekit/token.module.js';
import { Access } from './access.js';

@Module({ imports: [TokenModule], providers: [Access], exports: [Access] })
export class AccessModule {}
