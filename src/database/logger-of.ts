import { Logger } from '@nestjs/common';

/** Says whose database it is, where a project has it for itself. */
export function loggerOf({ project }: { readonly project: string | null }, context: string): Logger {
  return new Logger(project === null ? context : `${context} of ${project}`);
}
