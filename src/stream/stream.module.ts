import { Module } from '@nestjs/common';
import { IntakeModule } from '../intake/intake.module.js';
import { LogTail } from './log-tail.service.js';

@Module({ imports: [IntakeModule], providers: [LogTail], exports: [LogTail] })
export class StreamModule {}
