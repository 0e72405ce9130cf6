import { Module } from '@nestjs/common';
import { IntakeModule } from '../intake/intake.module.js';
import { LogModule } from '../log/log.module.js';
import { LogTail } from './log-tail.service.js';

@Module({ imports: [IntakeModule, LogModule], providers: [LogTail] })
export class StreamModule {}
