import { Module } from '@nestjs/common';
import { LogKeeper } from './keeper.service.js';
import { LogReaders } from './readers.js';

@Module({ providers: [LogKeeper, LogReaders], exports: [LogReaders] })
export class LogModule {}
