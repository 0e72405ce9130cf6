import { Module } from '@nestjs/common';
import { TokenModule } from './token.module.js';
import { Access } from './access.service.js';

@Module({ imports: [TokenModule], providers: [Access], exports: [Access] })
export class AccessModule {}
