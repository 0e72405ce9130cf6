import { type ArgumentsHost, Catch, type ExceptionFilter } from '@nestjs/common';
import { answerFailure } from './answer-failure.js';

@Catch()
export class RefusalFilter implements ExceptionFilter {
  catch(error: unknown, host: ArgumentsHost): void {
    // GraphQL reports errors itself.
    if (host.getType() !== 'http') throw error;
    const http = host.switchToHttp();
    answerFailure(error, http.getRequest(), http.getResponse());
  }
}
