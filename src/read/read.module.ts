import { Module } from '@nestjs/common';
import { Readings } from './readings.service.js';

@Module({ providers: [Readings] })
export class ReadModule {}
