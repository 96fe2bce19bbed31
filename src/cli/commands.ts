import { Command } from 'commander';
import { version } from '../main.ts';
import { registerAudit } from './audit/command.ts';
import { registerConfig } from './config/command.ts';
import { registerDeadLetters } from './dead-letters.ts';
import { registerDemo } from './demo.ts';
import { registerErase } from './erase.ts';
import { registerExplain } from './explain.ts';
import { registerMap } from './map.ts';
import { registerNetwork } from './network/check.ts';
import { registerNewNetwork } from './network/new-network.ts';
import { registerMessages } from './operations/messages.ts';
import { registerPartners } from './operations/partners.ts';
import { registerReplay } from './operations/replay.ts';
import { registerPlay } from './play.ts';
import { registerProfiles } from './profiles.ts';
import { registerProjections } from './projections.ts';
import { registerRoutes } from './routes.ts';
import { registerSend } from './send.ts';
import { registerServe } from './serve.ts';
import { registerSilent } from './silent-tasks.ts';
import { registerStatus } from './status.ts';
import { registerStore } from './store/command.ts';
import { registerRetention } from './store/retention.ts';
import { registerToken } from './token.ts';
import { registerUnknownCodes } from './unknown-codes.ts';
import { registerValidate } from './validate.ts';
import { registerWaitingTimes } from './waiting-times.ts';

/** `mgn` with all its commands; docs/reference/cli.md is generated from it. */
export function createProgram(): Command {
  const program = new Command('mgn').description('FHIR R4 gateway of a Dutch mental-health network').version(version);
  for (const register of [
    registerServe,
    registerNewNetwork,
    registerNetwork,
    registerDemo,
    registerValidate,
    registerExplain,
    registerSend,
    registerToken,
    registerPlay,
    registerStatus,
    registerAudit,
    registerSilent,
    registerMessages,
    registerDeadLetters,
    registerPartners,
    registerReplay,
    registerUnknownCodes,
    registerMap,
    registerRoutes,
    registerProjections,
    registerProfiles,
    registerWaitingTimes,
    registerConfig,
    registerStore,
    registerErase,
    registerRetention,
  ])
    register(program);
  return program;
}
