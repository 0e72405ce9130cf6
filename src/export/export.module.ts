import { Module } from '@nestjs/common';
import { AccessModule } from '../access/access.module.js';
import { ReadModule } from '../read/read.module.js';
import { ExportController } from './export.controller.js';
import { Exports } from './exports.service.js';

@Module({ imports: [AccessModule, ReadModule], controllers: [ExportController], providers: [Exports] })
export class ExportModule {}
