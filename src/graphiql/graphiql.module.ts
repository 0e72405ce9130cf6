import { Module } from '@nestjs/common';
import { FrontPageController, GraphiqlController } from './graphiql.controller.js';

@Module({ controllers: [FrontPageController, GraphiqlController] })
export class GraphiqlModule {}
