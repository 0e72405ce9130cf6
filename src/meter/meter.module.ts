import { Module } from '@nestjs/common';
import { Folding } from './folding.service.js';

@Module({ providers: [Folding] })
export class MeterModule {}
