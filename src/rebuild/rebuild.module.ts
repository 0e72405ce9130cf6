import { Module } from '@nestjs/common';
import { Marking } from './marking.service.js';

@Module({ providers: [Marking] })
export class RebuildModule {}
