import { type Context, Hono } from 'hono';
import { createAppointment, updateAppointment } from './exchange/appointment/appointment.ts';
import { withdrawConsent } from './exchange/consent/withdraw-consent.ts';
import { createAnswer } from './exchange/information/answer-question.ts';
import { createTask } from './exchange/move/create-task.ts';
import { type Move, move } from './exchange/move/move.ts';
import { refused } from './exchange/pipeline/answer.ts';
import { auditRefusal } from './exchange/pipeline/audit-refusal.ts';
import type { Gateway } from './exchange/pipeline/gateway.ts';
import { updateService } from './exchange/waiting-times/update-service.ts';
import { accept } from './exchange.ts';
import { issue } from './fhir/issue.ts';
import { wholeCase } from './http/case.ts';
import { activateConfiguration, type Sets } from './http/configuration.ts';
import { envelopeOf } from './http/envelope.ts';
import { evaluateMeasure } from './http/evaluate-measure.ts';
import { explainMessage, explainStored } from './http/explain.ts';
import { findPlaceOperation, proposeTransferOperation } from './http/find-place.ts';
import { type ConfigurationState, readiness } from './http/health.ts';
import { takeInOther } from './http/intake.ts';
import { readMeasure, searchMeasures } from './http/measure.ts';
import { capabilityStatement } from './http/metadata.ts';
import { takeNotification } from './http/notification.ts';
import { history, historyOfType, read, search } from './http/read.ts';
import { unoffered } from './http/reader.ts';
import { reply, replyAnswer, replyIssues } from './http/reply.ts';
import { silentTasks } from './http/silent.ts';
import { readStructureMap, searchStructureMaps } from './http/structure-map.ts';
import { transform } from './http/structure-map-transform.ts';
import {
  createSubscription,
  eventsOfSubscription,
  readSubscription,
  searchSubscriptions,
  statusOfSubscription,
  updateSubscription,
} from './http/subscription.ts';
import { unknownCodes } from './http/unknown-codes.ts';
import { validate } from './http/validate.ts';
import { StoreFault } from './store/store-fault.ts';

/** What the gateway tells of itself. */
export type About = {
  readonly version: string;
  readonly started: Date;
  /** How this gateway keeps up with the configuration that was activated. */
  readonly configuration: () => ConfigurationState;
  readonly sets: Sets;
};

/** The gateway over HTTP: FHIR under /fhir, health beside it. Routes only; what they do is in http/ and exchange. */
export function createApp(gateway: Gateway, about: About): Hono {
  const app = new Hono({ strict: false }); // a slash at the end changes nothing
  const { baseUrl, limits } = gateway.network.settings;
  const statement = capabilityStatement(baseUrl, about.version, about.started);

  const takeIn = async (context: Context) => {
    const asMessage = context.req.path.endsWith('$process-message');
    const envelope = { ...envelopeOf(context, limits.bodyBytes), asMessage };
    return replyAnswer(context, await accept(gateway, envelope), baseUrl);
  };
  const moving = (type: Move['type'], by: Move['by']) => async (context: Context) => {
    const asked = { type, id: context.req.param('id') ?? '', ifMatch: context.req.header('if-match'), by };
    return replyAnswer(context, await move(gateway, envelopeOf(context, limits.bodyBytes), asked), baseUrl);
  };
  const create = async (context: Context) =>
    replyAnswer(context, await createTask(gateway, envelopeOf(context, limits.bodyBytes)), baseUrl, 201);
  const createResponse = async (context: Context) =>
    replyAnswer(context, await createAnswer(gateway, envelopeOf(context, limits.bodyBytes)), baseUrl, 201);
  const at = (context: Context, name: 'type' | 'id' | 'version') => context.req.param(name) ?? '';

  app.get('/healthz', (context) => context.json({ status: 'up' }));
  app.get('/readyz', (context) => readiness(gateway, context, about.configuration()));

  app.post('/configuration/$activate', (context) => activateConfiguration(gateway, context, about.sets));

  app.get('/fhir/metadata', (context) => reply(context, statement, 200));
  app.post('/fhir', takeIn);
  app.post('/fhir/$process-message', takeIn);
  app.post('/fhir/$validate', (context) => validate(gateway, context, undefined));
  app.post('/fhir/$explain', (context) => explainMessage(gateway, context));
  app.on(['GET', 'POST'], '/fhir/ServiceRequest/:id/$explain', (context) => explainStored(gateway, context));
  app.post('/fhir/Subscription', (context) => createSubscription(gateway, context));
  app.get('/fhir/Subscription', (context) => searchSubscriptions(gateway, context));
  app.get('/fhir/Subscription/:id', (context) => readSubscription(gateway, context));
  app.put('/fhir/Subscription/:id', (context) => updateSubscription(gateway, context));
  app.on(['GET', 'POST'], '/fhir/Subscription/:id/$status', (context) => statusOfSubscription(gateway, context));
  app.get('/fhir/Subscription/:id/$events', (context) => eventsOfSubscription(gateway, context));
  app.get('/fhir/StructureMap', (context) => searchStructureMaps(gateway, context));
  app.get('/fhir/StructureMap/$unknown-codes', (context) => unknownCodes(gateway, context));
  app.get('/fhir/StructureMap/:id', (context) => readStructureMap(gateway, context));
  app.post('/fhir/StructureMap/$transform', (context) => transform(gateway, context));
  app.post('/fhir/StructureMap/:id/$transform', (context) => transform(gateway, context));
  app.get('/fhir/Measure', (context) => searchMeasures(gateway, context));
  app.get('/fhir/Measure/:id', (context) => readMeasure(gateway, context));
  app.on(['GET', 'POST'], '/fhir/Measure/:id/$evaluate-measure', (context) => evaluateMeasure(gateway, context));
  app.post('/fhir/:type/$validate', (context) => validate(gateway, context, at(context, 'type')));
  app.post('/fhir/:type/_search', (context) => search(gateway, context, at(context, 'type'), 'post'));
  app.on(['GET', 'POST'], '/fhir/HealthcareService/$find-place', (context) => findPlaceOperation(gateway, context));
  app.on(['GET', 'POST'], '/fhir/ServiceRequest/:id/$propose-transfer', (context) =>
    proposeTransferOperation(gateway, context),
  );
  app.on(['GET', 'POST'], '/fhir/ServiceRequest/:id/$case', (context) => wholeCase(gateway, context));
  app.get('/fhir/:type', (context) => search(gateway, context, at(context, 'type'), 'get'));
  app.get('/fhir/Task/$silent', (context) => silentTasks(gateway, context));
  app.get('/fhir/:type/_history', (context) => historyOfType(gateway, context, at(context, 'type')));
  app.get('/fhir/:type/:id', (context) => read(gateway, context, at(context, 'type'), at(context, 'id')));
  app.get('/fhir/:type/:id/_history', (context) => history(gateway, context, at(context, 'type'), at(context, 'id')));
  app.get('/fhir/:type/:id/_history/:version', (context) =>
    read(gateway, context, at(context, 'type'), at(context, 'id'), at(context, 'version')),
  );
  app.post('/fhir/Task', create);
  app.post('/fhir/QuestionnaireResponse', createResponse);
  app.put('/fhir/Consent/:id', async (context) => {
    const place = { id: context.req.param('id'), ifMatch: context.req.header('if-match') };
    return replyAnswer(context, await withdrawConsent(gateway, envelopeOf(context, limits.bodyBytes), place), baseUrl);
  });
  app.post('/fhir/Appointment', async (context) =>
    replyAnswer(context, await createAppointment(gateway, envelopeOf(context, limits.bodyBytes)), baseUrl, 201),
  );
  app.put('/fhir/Appointment/:id', async (context) => {
    const place = { id: context.req.param('id'), ifMatch: context.req.header('if-match') };
    return replyAnswer(
      context,
      await updateAppointment(gateway, envelopeOf(context, limits.bodyBytes), place),
      baseUrl,
    );
  });
  app.put('/fhir/Task/:id', moving('Task', 'update'));
  app.patch('/fhir/Task/:id', moving('Task', 'patch'));
  app.post('/fhir/Task/:id/$transition', moving('Task', 'transition'));
  app.patch('/fhir/ServiceRequest/:id', moving('ServiceRequest', 'patch'));
  app.put('/fhir/ServiceRequest/:id', moving('ServiceRequest', 'update'));
  app.post('/fhir/ServiceRequest/:id/$transition', moving('ServiceRequest', 'transition'));
  app.put('/fhir/HealthcareService/:id', async (context) => {
    const telling = { id: context.req.param('id'), ifMatch: context.req.header('if-match') };
    return replyAnswer(context, await updateService(gateway, envelopeOf(context, limits.bodyBytes), telling), baseUrl);
  });

  app.post('/notifications', (context) => takeNotification(gateway, context));
  app.all('/intake/:name', (context) => takeInOther(gateway, context));
  app.all('/fhir/*', (context) => unoffered(gateway, context));
  app.notFound((context) => replyIssues(context, [issue('not-found', {})]));
  app.onError(async (fault, context) => {
    gateway.report(fault, 'http');
    const issues = [fault instanceof StoreFault ? issue('store-unavailable', {}) : issue('internal', { step: 'http' })];
    await auditRefusal(gateway, envelopeOf(context, 0), 'fault', 'E')(refused(issues));
    return replyIssues(context, issues);
  });
  return app;
}
