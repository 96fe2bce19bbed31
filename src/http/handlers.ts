import type { IncomingMessage } from 'node:http';
import type { Context } from 'hono';
import type { PresentedCertificate, TokenEndpoint } from '../access/index.ts';
import { createAppointment, updateAppointment } from '../exchange/appointment/appointment.ts';
import { withdrawConsent } from '../exchange/consent/withdraw-consent.ts';
import { createAnswer } from '../exchange/information/answer-question.ts';
import { type Move, move } from '../exchange/move/move.ts';
import { createOrder, createTask } from '../exchange/order-then-task.ts';
import type { Answer } from '../exchange/pipeline/answer.ts';
import type { Gateway } from '../exchange/pipeline/gateway.ts';
import type { Envelope } from '../exchange/reading/envelope.ts';
import { updateService } from '../exchange/waiting-times/update-service.ts';
import { accept, consider } from '../exchange.ts';
import type { SeenFaults } from '../store/seen-faults.ts';
import type { CallbackSecrets } from '../zgw/index.ts';
import {
  cancelByHttp,
  continueByHttp,
  countByHttp,
  holdByHttp,
  listFailures,
  listMessages,
  listPartners,
  listReplaysByHttp,
  noteByHttp,
  readReplay,
  readReplayItems,
  releaseByHttp,
  startByHttp,
} from './admin/operations.ts';
import {
  listOwnFailures,
  replayOwnByHttp,
  showOwnDelivery,
  showOwnEndpoint,
  showOwnHealth,
  showOwnReplay,
  testByHttp,
} from './admin/own.ts';
import { caseOperation } from './case.ts';
import type { CertificateState } from './certificates.ts';
import { activateConfiguration, type Sets } from './configuration.ts';
import { listDeadLetters, readDeadLetter, requeueByHttp, skipByHttp } from './dead-letters.ts';
import { readDefinition, searchDefinitions } from './definitions.ts';
import { disclosuresOperation } from './disclosures.ts';
import { dryRunsOf } from './dry-runs.ts';
import { envelopeOf } from './envelope.ts';
import { evaluateMeasure } from './evaluate-measure.ts';
import { explainMessage, explainStored } from './explain.ts';
import { findPlaceOperation, proposeTransferOperation } from './find-place.ts';
import { type ConfigurationState, readiness } from './health.ts';
import type { HandlerName } from './http-routes.ts';
import { acceptIntake } from './intake.ts';
import type { Collection } from './interactions.ts';
import { capabilityStatement } from './metadata.ts';
import { type MetricsSource, metrics } from './metrics.ts';
import { acceptNotification } from './notification.ts';
import { sendAsset } from './pages/asset.ts';
import { beginConversation, saveConversation, showConversation, showConversations } from './pages/conversation.ts';
import { showDefinition, showDefinitions, showDocs, showDocument, showOpenApi } from './pages/docs.ts';
import { showFinding, showFindings } from './pages/findings.ts';
import { answerRequest, showInbox, showRequest } from './pages/inbox.ts';
import { showMessage } from './pages/message.ts';
import { showMessages } from './pages/messages.ts';
import type { PageInfo } from './pages/page.ts';
import { beginRegistration, saveRegistration, showRegistration, showRegistrations } from './pages/registration.ts';
import { showStart } from './pages/start.ts';
import { showWorkbench, tryMessage } from './pages/workbench.ts';
import { beginEmergency } from './people/emergency.ts';
import { beginLogin, finishLogin } from './people/login.ts';
import { loggedOutPage, logInToDemo, logOut, logOutByProvider } from './people/logout.ts';
import { showEnvelope, showIssues } from './people/orders.ts';
import { showSession } from './people/session.ts';
import { projectMessageOperation, projectOrderOperation } from './project.ts';
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
import { issueToken, loginDiscovery } from './token.ts';
import { unknownCodes } from './unknown-codes.ts';
import { validate } from './validate.ts';
import { acceptZgwNotification } from './zgw.ts';

/** What the gateway reports about itself, and the operations on its configuration. */
export type GatewayInfo = PageInfo & {
  readonly version: string;
  readonly started: Date;
  /** Whether this gateway follows the activated configuration. */
  readonly configuration: () => ConfigurationState;
  readonly seen?: Pick<SeenFaults, 'damagedAt' | 'unwritable'>;
  readonly sets: Sets;
  /** Absent: there are none to read. */
  readonly metrics?: MetricsSource & { readonly answer: (it: AnsweredRequest) => void };
  /** Whether this is the token of the network's scraper of metrics. */
  readonly isScraper?: (authorization: string) => boolean;
  /** Whether requests are refused at this moment because answers would be late. */
  readonly isBusy?: () => boolean;
  readonly tokenEndpoint: TokenEndpoint;
  /** Absent: no partner sends notifications of cases. */
  readonly callbackSecrets?: CallbackSecrets;
  /** Counts a request that is answered to anybody; the refusal when there were too many. */
  readonly anonymous?: () => Response | undefined;
  /** The client certificate of a request; absent: the gateway has no TLS of its own and no proxy that it trusts. */
  /** Certificates and revocation lists of the gateway, and when they end. */
  readonly tls?: () => CertificateState;
  readonly certificateOf?: (incoming: IncomingMessage) => PresentedCertificate | undefined;
};

/** For the metrics; `route` is the path in the table, `other` when there was none. */
export type AnsweredRequest = { readonly method: string; readonly route: string; readonly status: number };

type Handler = (gateway: Gateway, context: Context, type: string) => Response | Promise<Response>;

const at = (context: Context, name: 'id' | 'version'): string => context.req.param(name) ?? '';

/** Handler of a write that answers with the resource that it created or changed. */
const writeHandler =
  (write: (gateway: Gateway, envelope: Envelope, context: Context) => Promise<Answer>, done: 200 | 201): Handler =>
  async (gateway, context) => {
    const { limits, baseUrl } = gateway.network.settings;
    const answer = await write(gateway, envelopeOf(context, limits.bodyBytes), context);
    return replyAnswer(context, answer, baseUrl, done);
  };

const createHandler = (create: (gateway: Gateway, envelope: Envelope) => Promise<Answer>): Handler =>
  writeHandler(create, 201);

type Place = { readonly id: string; readonly ifMatch: string | undefined };

const updateHandler = (update: (gateway: Gateway, envelope: Envelope, place: Place) => Promise<Answer>): Handler =>
  writeHandler((gateway, envelope, context) => update(gateway, envelope, placeOf(context)), 200);

const placeOf = (context: Context): Place => ({ id: at(context, 'id'), ifMatch: context.req.header('if-match') });

const moveHandler = (type: Move['type'], method: Move['method']): Handler =>
  updateHandler((gateway, envelope, place) => move(gateway, envelope, { type, method, ...place }));

const definitions = { read: readDefinition, search: searchDefinitions };

const collections: Readonly<Record<Collection, { readonly read: Handler; readonly search: Handler }>> = {
  Subscription: { read: readSubscription, search: searchSubscriptions },
  StructureMap: { read: readStructureMap, search: searchStructureMaps },
  Measure: definitions,
  Questionnaire: definitions,
  StructureDefinition: definitions,
  ValueSet: definitions,
  CodeSystem: definitions,
  OperationDefinition: definitions,
};

/** A handler for every name in the table of interactions. */
export function handlersFor(gateway: Gateway, info: GatewayInfo): Readonly<Record<HandlerName, Handler>> {
  const statement = capabilityStatement(gateway.network.settings.baseUrl, info.version, info.started);
  const dryRuns = dryRunsOf(gateway);
  return {
    health: (_, context) => context.json({ status: 'up' }),
    readiness: (it, context) =>
      readiness(it, context, {
        state: info.configuration(),
        seen: info.seen,
        certificates: info.tls?.(),
        isBusy: info.isBusy?.() ?? false,
      }),
    metrics: (it, context) => (info.metrics ? metrics(it, context, info.metrics, info.isScraper) : context.notFound()),
    token: (it, context) => issueToken(it, context, info.tokenEndpoint),
    'login discovery': (_, context) => loginDiscovery(context, info.tokenEndpoint),
    asset: (_, context) => sendAsset(context, info.assets),
    'page start': (it, context) => showStart(it, context, info),
    'page messages': (it, context) => showMessages(it, context, info),
    'page message': (it, context) => showMessage(it, context, info),
    'page inbox': (it, context) => showInbox(it, context, info),
    'page request': (it, context) => showRequest(it, context, info),
    'answer request': (it, context) => answerRequest(it, context, info),
    'page registrations': (it, context) => showRegistrations(it, context, { info, dryRuns }),
    'begin registration': (it, context) => beginRegistration(it, context, { info, dryRuns }),
    'page registration': (it, context) => showRegistration(it, context, { info, dryRuns }),
    'save registration': (it, context) => saveRegistration(it, context, { info, dryRuns }),
    'page conversations': (it, context) => showConversations(it, context, { info, dryRuns }),
    'begin conversation': (it, context) => beginConversation(it, context, { info, dryRuns }),
    'page conversation': (it, context) => showConversation(it, context, { info, dryRuns }),
    'save conversation': (it, context) => saveConversation(it, context, { info, dryRuns }),
    'page workbench': (it, context) => showWorkbench(it, context, { info, dryRuns }),
    'try message': (it, context) => tryMessage(it, context, { info, dryRuns }),
    'page finding': (it, context) => showFinding(it, context, info),
    'page findings': (it, context) => showFindings(it, context, info),
    'page docs': (it, context) => showDocs(it, context, info),
    'page document': (it, context) => showDocument(it, context, info),
    'page definitions': (it, context) => showDefinitions(it, context, info),
    'page definition': (it, context) => showDefinition(it, context, info),
    'open api': (it, context) => showOpenApi(it, context, info.version),
    'begin login': (it, context) => beginLogin(it, context, info),
    'finish login': (it, context) => finishLogin(it, context, info),
    'log in to demo': (it, context) => logInToDemo(it, context, info),
    'login ended': (it, context) => loggedOutPage(it, context, info),
    'log out': (it, context) => logOut(it, context, info),
    'log out by provider': (it, context) => logOutByProvider(it, context, info.people),
    session: (it, context) => showSession(it, context, info),
    'begin emergency': (it, context) => beginEmergency(it, context, info.people),
    'order envelope': showEnvelope,
    'order issues': showIssues,
    'activate configuration': (it, context) => activateConfiguration(it, context, info.sets),
    'list dead letters': listDeadLetters,
    'read dead letter': readDeadLetter,
    'requeue dead letters': requeueByHttp,
    'skip dead letter': skipByHttp,
    'own health': showOwnHealth,
    'own failures': listOwnFailures,
    'own replay': replayOwnByHttp,
    'own delivery': showOwnDelivery,
    'own endpoint': showOwnEndpoint,
    'read own replay': showOwnReplay,
    'own test': testByHttp,
    'list messages': listMessages,
    'list partners': listPartners,
    'hold partner': holdByHttp,
    'release partner': releaseByHttp,
    'list failures': listFailures,
    'note failure': noteByHttp,
    'list replays': listReplaysByHttp,
    'start replay': startByHttp,
    'count replay': countByHttp,
    'read replay': readReplay,
    'read replay items': readReplayItems,
    'cancel replay': cancelByHttp,
    'continue replay': continueByHttp,
    notification: acceptNotification,
    'zgw notification': (it, context) => acceptZgwNotification(it, context, info.callbackSecrets),
    intake: acceptIntake,
    metadata: (_, context) => reply(context, statement, 200),
    accept: writeHandler((it, envelope, context) => {
      const asMessage = context.req.path.replace(/\/$/, '').endsWith('$process-message');
      return accept(it, { ...envelope, asMessage });
    }, 200),
    validate: (it, context, type) => validate(it, context, type || undefined, dryRuns),
    'explain message': (it, context) => explainMessage(it, context, dryRuns),
    'project message': (it, context) => projectMessageOperation(it, context, dryRuns),
    read: (it, context, type) => read(it, context, type, at(context, 'id')),
    vread: (it, context, type) => read(it, context, type, at(context, 'id'), at(context, 'version')),
    'history-instance': (it, context, type) => history(it, context, type, at(context, 'id')),
    'history-type': historyOfType,
    'search by GET': (it, context, type) => search(it, context, type, 'get'),
    'search by POST': (it, context, type) => search(it, context, type, 'post'),
    'read collection': (it, context, type) => collections[type as Collection].read(it, context, type),
    'search collection': (it, context, type) => collections[type as Collection].search(it, context, type),
    'create Task': createHandler(createTask(consider)),
    'create ServiceRequest': createHandler(createOrder),
    'create Appointment': createHandler(createAppointment),
    'create QuestionnaireResponse': createHandler(createAnswer),
    'create Subscription': createSubscription,
    'update Task': moveHandler('Task', 'update'),
    'patch Task': moveHandler('Task', 'patch'),
    'transition Task': moveHandler('Task', 'transition'),
    'update ServiceRequest': moveHandler('ServiceRequest', 'update'),
    'patch ServiceRequest': moveHandler('ServiceRequest', 'patch'),
    'transition ServiceRequest': moveHandler('ServiceRequest', 'transition'),
    'update Appointment': updateHandler(updateAppointment),
    'update Consent': updateHandler(withdrawConsent),
    'update HealthcareService': updateHandler(updateService),
    'update Subscription': updateSubscription,
    silent: silentTasks,
    'propose-transfer': proposeTransferOperation,
    explain: explainStored,
    project: (it, context, type) => projectOrderOperation(it, context, type, dryRuns),
    case: caseOperation,
    disclosures: disclosuresOperation,
    'find-place': findPlaceOperation,
    status: statusOfSubscription,
    events: eventsOfSubscription,
    transform: (it, context) => transform(it, context, dryRuns),
    'unknown-codes': unknownCodes,
    'evaluate-measure': evaluateMeasure,
  };
}
