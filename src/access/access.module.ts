import { Module } from '@nestjs/common';
import { Access } from './access.service.js';
import { TokenGate } from './token-gate.service.js';
import { TokenVerifier } from './token-verifier.service.js';

@Module({ providers: [TokenVerifier, Access, TokenGate], exports: [TokenVerifier, Access, TokenGate] })
export class AccessModule {}
