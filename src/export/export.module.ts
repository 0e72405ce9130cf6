import { Module } from '@nestjs/common';
import { AccessModule } from '../access/access.module.js';
import { LogModule } from '../log/log.module.js';
import { ReadModule } from '../read/read.module.js';
import { ExportController } from './export.controller.js';
import { Exports } from './exports.service.js';

@Module({ imports: [AccessModule, LogModule, ReadModule], controllers: [ExportController], providers: [Exports] })
export class ExportModule {}
