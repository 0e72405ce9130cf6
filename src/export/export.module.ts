import { Module } from '@nestjs/common';
import { AccessModule } from '../access/access.module.js';
import { LedgersModule } from '../ledgers/ledgers.module.js';
import { ExportController } from './export.controller.js';
import { Exports } from './exports.service.js';

@Module({ imports: [AccessModule, LedgersModule], controllers: [ExportController], providers: [Exports] })
export class ExportModule {}
