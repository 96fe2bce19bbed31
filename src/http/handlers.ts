import type { Context } from 'hono';
import { createAppointment, updateAppointment } from '../exchange/appointment/appointment.ts';
import { withdrawConsent } from '../exchange/consent/withdraw-consent.ts';
import { createAnswer } from '../exchange/information/answer-question.ts';
import { createTask } from '../exchange/move/create-task.ts';
import { type Move, move } from '../exchange/move/move.ts';
import type { Answer } from '../exchange/pipeline/answer.ts';
import type { Gateway } from '../exchange/pipeline/gateway.ts';
import type { Envelope } from '../exchange/reading/envelope.ts';
import { updateService } from '../exchange/waiting-times/update-service.ts';
import { accept } from '../exchange.ts';
import { wholeCase } from './case.ts';
import { activateConfiguration, type Sets } from './configuration.ts';
import { envelopeOf } from './envelope.ts';
import { evaluateMeasure } from './evaluate-measure.ts';
import { explainMessage, explainStored } from './explain.ts';
import { findPlaceOperation, proposeTransferOperation } from './find-place.ts';
import { type ConfigurationState, readiness } from './health.ts';
import { takeInOther } from './intake.ts';
import type { Collection } from './interactions.ts';
import { readMeasure, searchMeasures } from './measure.ts';
import { capabilityStatement } from './metadata.ts';
import { takeNotification } from './notification.ts';
import type { HandlerName } from './offers.ts';
import { history, historyOfType, read, search } from './read.ts';
import { reply, replyAnswer } from './reply.ts';
import { silentTasks } from './silent.ts';
import { readStructureMap, searchStructureMaps } from './structure-map.ts';
import { transform } from './structure-map-transform.ts';
import {
  createSubscription,
  eventsOfSubscription,
  readSubscription,
  searchSubscriptions,
  statusOfSubscription,
  updateSubscription,
} from './subscription.ts';
import { unknownCodes } from './unknown-codes.ts';
import { validate } from './validate.ts';

/** What the gateway reports about itself. */
export type About = {
  readonly version: string;
  readonly started: Date;
  /** How this gateway keeps up with the configuration that was activated. */
  readonly configuration: () => ConfigurationState;
  readonly sets: Sets;
};

type Handler = (gateway: Gateway, context: Context, type: string) => Response | Promise<Response>;

const at = (context: Context, name: 'id' | 'version'): string => context.req.param(name) ?? '';

/** A write whose answer is the resource that it made or changed. */
const writes =
  (write: (gateway: Gateway, envelope: Envelope, context: Context) => Promise<Answer>, done: 200 | 201): Handler =>
  async (gateway, context) => {
    const { limits, baseUrl } = gateway.network.settings;
    const answer = await write(gateway, envelopeOf(context, limits.bodyBytes), context);
    return replyAnswer(context, answer, baseUrl, done);
  };

const creates = (create: (gateway: Gateway, envelope: Envelope) => Promise<Answer>): Handler => writes(create, 201);

type Place = { readonly id: string; readonly ifMatch: string | undefined };

const updates = (update: (gateway: Gateway, envelope: Envelope, place: Place) => Promise<Answer>): Handler =>
  writes((gateway, envelope, context) => update(gateway, envelope, placeOf(context)), 200);

const placeOf = (context: Context): Place => ({ id: at(context, 'id'), ifMatch: context.req.header('if-match') });

const moves = (type: Move['type'], method: Move['method']): Handler =>
  updates((gateway, envelope, place) => move(gateway, envelope, { type, method, ...place }));

const collections: Readonly<Record<Collection, { readonly read: Handler; readonly search: Handler }>> = {
  Subscription: { read: readSubscription, search: searchSubscriptions },
  StructureMap: { read: readStructureMap, search: searchStructureMaps },
  Measure: { read: readMeasure, search: searchMeasures },
};

/** A handler for every name in the table of interactions. */
export function handlersFor(gateway: Gateway, about: About): Readonly<Record<HandlerName, Handler>> {
  const statement = capabilityStatement(gateway.network.settings.baseUrl, about.version, about.started);
  return {
    health: (_, context) => context.json({ status: 'up' }),
    readiness: (it, context) => readiness(it, context, about.configuration()),
    'activate configuration': (it, context) => activateConfiguration(it, context, about.sets),
    notification: takeNotification,
    intake: takeInOther,
    metadata: (_, context) => reply(context, statement, 200),
    accept: writes((it, envelope, context) => {
      const asMessage = context.req.path.replace(/\/$/, '').endsWith('$process-message');
      return accept(it, { ...envelope, asMessage });
    }, 200),
    validate: (it, context, type) => validate(it, context, type || undefined),
    'explain message': explainMessage,
    read: (it, context, type) => read(it, context, type, at(context, 'id')),
    vread: (it, context, type) => read(it, context, type, at(context, 'id'), at(context, 'version')),
    'history-instance': (it, context, type) => history(it, context, type, at(context, 'id')),
    'history-type': historyOfType,
    'search by GET': (it, context, type) => search(it, context, type, 'get'),
    'search by POST': (it, context, type) => search(it, context, type, 'post'),
    'read collection': (it, context, type) => collections[type as Collection].read(it, context, type),
    'search collection': (it, context, type) => collections[type as Collection].search(it, context, type),
    'create Task': creates(createTask),
    'create Appointment': creates(createAppointment),
    'create QuestionnaireResponse': creates(createAnswer),
    'create Subscription': createSubscription,
    'update Task': moves('Task', 'update'),
    'patch Task': moves('Task', 'patch'),
    'transition Task': moves('Task', 'transition'),
    'update ServiceRequest': moves('ServiceRequest', 'update'),
    'patch ServiceRequest': moves('ServiceRequest', 'patch'),
    'transition ServiceRequest': moves('ServiceRequest', 'transition'),
    'update Appointment': updates(updateAppointment),
    'update Consent': updates(withdrawConsent),
    'update HealthcareService': updates(updateService),
    'update Subscription': updateSubscription,
    silent: silentTasks,
    'propose-transfer': proposeTransferOperation,
    explain: explainStored,
    case: wholeCase,
    'find-place': findPlaceOperation,
    status: statusOfSubscription,
    events: eventsOfSubscription,
    transform,
    'unknown-codes': unknownCodes,
    'evaluate-measure': evaluateMeasure,
  };
}
