import { Module } from '@nestjs/common';
import { IntakeModule } from '../intake/intake.module.js';
import { WebhookController } from './webhook.controller.js';

@Module({ imports: [IntakeModule], controllers: [WebhookController] })
export class WebhookModule {}
