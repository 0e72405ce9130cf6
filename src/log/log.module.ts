import { Module } from '@nestjs/common';
import { LogKeeper } from './keeper.service.js';

@Module({ providers: [LogKeeper] })
export class LogModule {}
