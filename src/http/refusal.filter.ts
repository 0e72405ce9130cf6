import { type ArgumentsHost, Catch, type ExceptionFilter } from '@nestjs/common';
import { answerFailure } from './answer-failure.js';

@Catch()
export class RefusalFilter implements ExceptionFilter {
  catch(error: unknown, host: ArgumentsHost): void {
    // GraphQL's entry points report failures as errors of their answer.
    if (host.getType() !== 'http') throw error;
    const http = host.switchToHttp();
    answerFailure(error, http.getRequest(), http.getResponse());
  }
}
