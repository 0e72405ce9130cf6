import { type DynamicModule, Module } from '@nestjs/common';
import { Clock } from './clock.js';
import { Settings } from './settings.js';

@Module({})
export class SettingsModule {
  static forRoot(settings: Settings, clock: Clock): DynamicModule {
    const providers = [
      { provide: Settings, useValue: settings },
      { provide: Clock, useValue: clock },
    ];
    return { module: SettingsModule, global: true, providers, exports: [Settings, Clock] };
  }
}
