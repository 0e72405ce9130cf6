import { Module } from '@nestjs/common';
import { Upkeep } from './upkeep.service.js';

@Module({ providers: [Upkeep], exports: [Upkeep] })
export class ReconcileModule {}
