import { Module } from '@nestjs/common';
import { Readings } from './readings.service.js';

@Module({ providers: [Readings], exports: [Readings] })
export class ReadModule {}
