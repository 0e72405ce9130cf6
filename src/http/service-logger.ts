import { ConsoleLogger, type LogLevel as NestLevel } from '@nestjs/common';
import type { Settings } from '../settings/settings.js';
import type { LogLevel } from '../settings/values.js';
import { loggable } from './loggable.js';

const levels: readonly NestLevel[] = ['verbose', 'debug', 'log', 'warn', 'error', 'fatal'];
const named: Record<Exclude<LogLevel, 'silent'>, NestLevel> = {
  trace: 'verbose',
  debug: 'debug',
  info: 'log',
  warn: 'warn',
  error: 'error',
  fatal: 'fatal',
};

const framework = new Set([
  'NestFactory',
  'InstanceLoader',
  'RoutesResolver',
  'RouterExplorer',
  'NestApplication',
  'GraphQLModule',
]);

const levelNames = new Map(Object.entries(named).map(([name, level]) => [level, name]));

/** One JSON object a line in production, readable lines elsewhere. */
export class ServiceLogger extends ConsoleLogger {
  constructor({ logLevel, production }: Pick<Settings, 'logLevel' | 'production'>) {
    const colors = !production && Boolean(process.stdout.isTTY);
    super({ prefix: 'roomledger', json: production, colors, logLevels: enabled(logLevel) });
  }

  /** Nest's own start-up messages are for debugging. */
  override log(message: unknown, ...rest: unknown[]): void {
    if (framework.has(String(rest.at(-1)))) this.debug(message, ...rest);
    else super.log(message, ...rest);
  }

  /** main.ts prints why the service does not start. */
  override error(message: unknown, ...rest: unknown[]): void {
    if (rest.at(-1) === 'ExceptionHandler' || rest.at(-1) === 'NestApplication') this.debug(message, ...rest);
    else super.error(message, ...rest);
  }

  protected override getTimestamp(): string {
    return new Date().toISOString();
  }

  protected override getJsonLogObject(...[message, options]: Described): ReturnType<ConsoleLogger['getJsonLogObject']> {
    const described = super.getJsonLogObject(message, options);
    const level = (levelNames.get(described.level) ?? described.level) as NestLevel;
    return { ...described, level, timestamp: this.getTimestamp() as never };
  }

  protected override printMessages(messages: unknown[], ...rest: Printed): void {
    super.printMessages(
      messages.map((message) => loggable(this.resolveMessage(message))),
      ...rest,
    );
  }
}

type Described = Parameters<ConsoleLogger['getJsonLogObject']>;
type Printed = Parameters<ConsoleLogger['printMessages']> extends [unknown[], ...infer Rest] ? Rest : never;

function enabled(level: LogLevel): NestLevel[] {
  return level === 'silent' ? [] : levels.slice(levels.indexOf(named[level]));
}
