import type { Permission, RequiredScope } from '../access/index.ts';
import type { HandlerName, HttpRoute } from './http-routes.ts';

/** On the type of the route. */
const permissionOf: Partial<Record<HandlerName, Permission>> = {
  read: 'r',
  vread: 'r',
  'history-instance': 'r',
  'read collection': 'r',
  'history-type': 's',
  'search by GET': 's',
  'search by POST': 's',
  'search collection': 's',
  'create Task': 'c',
  'create ServiceRequest': 'c',
  'create Appointment': 'c',
  'create QuestionnaireResponse': 'c',
  'create Subscription': 'c',
  'update Task': 'u',
  'patch Task': 'u',
  'transition Task': 'u',
  'update ServiceRequest': 'u',
  'patch ServiceRequest': 'u',
  'transition ServiceRequest': 'u',
  'update Appointment': 'u',
  'update Consent': 'u',
  'update HealthcareService': 'u',
  'update Subscription': 'u',
  silent: 's',
  'find-place': 's',
  'unknown-codes': 's',
  'propose-transfer': 'r',
  explain: 'r',
  project: 'r',
  status: 'r',
  events: 'r',
  transform: 'r',
  'evaluate-measure': 'r',
};

const everything = [{ type: '*', permission: 'r' }] as const;

/**
 * Routes without one type. A message is judged by each of its entries when it is read (exchange/scopes.ts). `$case` shows all
 * that belongs to an order.
 */
const otherwise: Partial<Record<HandlerName, RequiredScope>> = {
  accept: 'any token',
  'explain message': 'any token',
  'page start': 'any token',
  'page messages': 'operate',
  'page message': 'operate',
  'page inbox': [{ type: 'Task', permission: 's' }],
  'page request': everything,
  'answer request': [{ type: 'Task', permission: 'u' }],
  'page workbench': 'any token',
  'try message': 'any token',
  'project message': 'any token',
  validate: 'any token',
  intake: 'any token',
  notification: [{ type: 'Task', permission: 'c' }],
  case: everything,
  readiness: 'operate',
  'activate configuration': 'operate',
  'order envelope': everything,
  'order issues': everything,
  'list dead letters': 'operate',
  'read dead letter': 'operate',
  'requeue dead letters': 'operate',
  'skip dead letter': 'operate',
  'own health': 'any token',
  'own failures': 'any token',
  'own replay': 'any token',
  'own delivery': 'any token',
  'own endpoint': 'any token',
  'read own replay': 'any token',
  'own test': 'any token',
  'list messages': 'operate',
  'list partners': 'operate',
  'hold partner': 'operate',
  'release partner': 'operate',
  'list failures': 'operate',
  'note failure': 'operate',
  'list replays': 'operate',
  'start replay': 'operate',
  'count replay': 'operate',
  'read replay': 'operate',
  'read replay items': 'operate',
  'cancel replay': 'operate',
  'continue replay': 'operate',
};

/** The scope that a route requires; undefined for one that nobody with scopes may use, or that needs no login. */
export function requiredScope(
  { handler, type }: HttpRoute,
  ifNoneExist: string | undefined,
): RequiredScope | undefined {
  const permission = permissionOf[handler];
  if (!permission || !type) return otherwise[handler];
  // a conditional create answers whether something exists
  const search = ifNoneExist === undefined ? [] : [{ type, permission: 's' as const }];
  return [{ type, permission }, ...search];
}
