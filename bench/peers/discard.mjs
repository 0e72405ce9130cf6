// node --import ./bench/peers/discard.mjs dist/main.js
//
// The ceiling: the service as it is, which checks and reads every event, and then discards it.
import 'reflect-metadata';
import { Intake } from '../../dist/intake/intake.service.js';
import { readEvent } from '../../dist/livekit/event.js';

Intake.prototype.accept = async ({ project, event, receivedAt }) => {
  readEvent(project, event, receivedAt);
};
