import { Module } from '@nestjs/common';
import { Access } from './access.service.js';
import { ClockDoubt } from './clock-doubt.service.js';
import { Tickets } from './tickets.service.js';
import { TokenGate } from './token-gate.service.js';
import { TokenVerifier } from './token-verifier.service.js';

const services = [TokenVerifier, Access, Tickets, TokenGate, ClockDoubt];

@Module({ providers: services, exports: services })
export class AccessModule {}
