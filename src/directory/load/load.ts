import { join } from 'node:path';
import { consentSourceSettings } from '../../consent-source/index.ts';
import { type CheckedFile, pathText } from '../../definitions/checked-yaml.ts';
import { noProjections } from '../../disclosure/index.ts';
import { digestOf } from '../../fhir/digest.ts';
import { issue } from '../../fhir/issue.ts';
import { failure, type Result, success } from '../../fhir/result.ts';
import { snapshotOf } from '../../routing/index.ts';
import { dayIn } from '../../temporal.ts';
import { terminologySettings } from '../../terminology/index.ts';
import { endpointsAt, takesRequests } from '../endpoint.ts';
import type { Network, NetworkSettings } from '../network.ts';
import { availabilityReader } from '../waiting-times/availability.ts';
import { trustedIssuersOf } from './logins.ts';
import {
  type NetworkFile,
  type PartnersFile,
  type PlacesFile,
  readNetworkFile,
  readPartnersFile,
  readPlacesFile,
} from './network-files.ts';
import { directoryOrganizations, directoryServices } from './organizations-and-services.ts';
import { partnerByOrganization, partnersOf } from './partners.ts';
import { peopleOf } from './people.ts';
import { municipalitiesOf } from './places.ts';
import { type PostcodeCentres, readPostcodeCentres } from './postcode-centres.ts';
import { type FiledResource, readDirectoryFiles, referenceTo } from './resource-files.ts';
import { positionOf } from './service-position.ts';
import { defaultBodyBytes, expiredPartners, unusableSettings } from './usable-settings.ts';
import { watchdogOf } from './watchdog.ts';

/**
 * Loads a network from its folder: network.yaml, partners.yaml, places.yaml and the FHIR resources of directory/. Every
 * reference must resolve. A network with a mistake is refused as a whole; every mistake is reported with its file and,
 * in YAML, line and column. With `now`, it warns of partners whose tokens have all expired.
 */
export async function loadNetwork(folder: string, now?: Date): Promise<Result<Network>> {
  const [network, partners, places, filed] = await Promise.all([
    readNetworkFile(join(folder, 'network.yaml')),
    readPartnersFile(join(folder, 'partners.yaml')),
    readPlacesFile(join(folder, 'places.yaml')),
    readDirectoryFiles(join(folder, 'directory')),
  ]);
  const centres = readPostcodeCentres(join(folder, 'postcode-centres.csv'));
  if (network.ok && partners.ok && places.ok && filed.ok && centres.issues.length === 0)
    return compose(network.value, partners.value, places.value, filed.value, centres.value, now);
  return failure(...[network, partners, places, filed, centres].flatMap(({ issues }) => issues));
}

function compose(
  network: CheckedFile<NetworkFile>,
  partnersFile: CheckedFile<PartnersFile>,
  placesFile: CheckedFile<PlacesFile>,
  filed: readonly FiledResource[],
  centres: PostcodeCentres | undefined,
  now: Date | undefined,
): Result<Network> {
  // First: a time zone that does not exist stops the calendar of the watchdog.
  const unusable = unusableSettings(network, partnersFile, filed);
  if (unusable.length > 0) return failure(...unusable);
  const { organization, 'registration-team': registrationTeam, name } = network.value;
  const resources = filed.map(({ resource }) => resource);
  const byReference = new Map(filed.map((it) => [referenceTo(it), it.resource]));
  const resource = (reference: string) => byReference.get(reference);

  const municipalities = municipalitiesOf(placesFile);
  const organizations = directoryOrganizations(filed, organization, partnerByOrganization(partnersFile.value));
  const services = directoryServices(filed, organizations.value, (it) => positionOf(it, resource, centres));
  const partners = partnersOf(partnersFile, organizations.value, (at) => endpointsAt(resource, at).some(takesRequests));
  const issuers = trustedIssuersOf(network);
  const people = peopleOf(network, (id) => partnersFile.value.partners.some((it) => it.id === id));
  const watchdog = watchdogOf(network, (it) => services.value.some(({ reference }) => reference === it));
  const team = services.value.find(({ reference, active }) => reference === registrationTeam && active);
  const issues = [
    ...[municipalities, organizations, services, partners, issuers, people, watchdog].flatMap((it) => it.issues),
    ...(organizations.value.has(organization) ? [] : [missing(network, 'organization')]),
    ...(team ? [] : [missing(network, 'registration-team')]),
  ];
  if (issues.length > 0) return failure(...issues);

  const settings = {
    ...settingsOf(network.value),
    trustedIssuers: issuers.value,
    watchdog: watchdog.value,
    ...(people.value ? { people: people.value } : {}),
  };
  const availability = availabilityReader(resource);
  const directory = snapshotOf({
    services: services.value,
    organizations: [...organizations.value.values()],
    municipalities: municipalities.value,
    registrationTeam,
    digest: digestOf({ resources, places: placesFile.value, ...(centres ? { centres: [...centres] } : {}) }),
    ...snapshotSettings(settings),
    ...(centres ? { centres } : {}),
    availability,
  });
  return success(
    {
      name,
      settings,
      partners: new Map(partners.value.map((it) => [it.id, it])),
      directory,
      places: municipalities.value,
      ...(centres ? { centres } : {}),
      resources,
      resource,
      availability,
      // nothing is disclosed until the projections of the set are compiled (main/open-configuration.ts)
      projections: noProjections,
      digest: digestOf({ network: network.value, partners: partnersFile.value, directory: directory.digest }),
    },
    now ? expiredPartners(partnersFile, now) : [],
  );
}

/** The settings that a directory snapshot depends on: norms and time zone. */
export const snapshotSettings = ({ norms, timezone }: Pick<NetworkSettings, 'norms' | 'timezone'>) => ({
  norms,
  dayOf: (now: Date) => dayIn(timezone, now),
});

const missing = ({ file, value, placeOf }: CheckedFile<NetworkFile>, key: 'organization' | 'registration-team') =>
  issue('config-reference-unresolved', { file, path: pathText([key]), target: value[key] }, placeOf([key]));

const settingsOf = (it: NetworkFile): Omit<NetworkSettings, 'watchdog' | 'trustedIssuers' | 'people'> => ({
  name: it.name,
  region: it.region,
  timezone: it.timezone,
  baseUrl: it['base-url'],
  organization: it.organization,
  registrationTeam: it['registration-team'],
  intake: { warnOnly: it.intake?.['warn-only'] ?? [] },
  directorySources: (it['directory-sources'] ?? []).map(({ 'token-from': tokenFrom, ...one }) => ({
    id: one.id,
    address: one.address,
    ...(tokenFrom ? { tokenFrom } : {}),
    everySeconds: one['every-seconds'] ?? 3_600,
    largestShrink: one['largest-shrink'] ?? 0.5,
    members: one.members ?? false,
  })),
  plainHttp: new Set((it['plain-http'] ?? []).map(({ host }) => host.toLowerCase())),
  privateAddresses: (it['private-addresses'] ?? []).map(({ host }) => host.toLowerCase()),
  norms: {
    staleAfterDays: it['waiting-times']?.['stale-after-days'] ?? 45,
    longestWeeks: it['waiting-times']?.['longest-weeks'] ?? 156,
    intakeWeeks: it['waiting-times']?.norm?.['intake-weeks'] ?? 4,
    treatmentWeeks: it['waiting-times']?.norm?.['treatment-weeks'] ?? 10,
    totalWeeks: it['waiting-times']?.norm?.['total-weeks'] ?? 14,
  },
  limits: {
    bodyBytes: it.limits?.['body-bytes'] ?? defaultBodyBytes,
    allBodiesBytes: it.limits?.['all-bodies-bytes'] ?? Math.max(64 * 1024 * 1024, it.limits?.['body-bytes'] ?? 0),
    bodySeconds: it.limits?.['body-seconds'] ?? 30,
    depth: it.limits?.depth ?? 64,
    dryRunsPerMinute: it.limits?.['dry-runs-per-minute'] ?? 60,
  },
  requestLimits: {
    requestsPerMinute: it.limits?.['requests-per-minute'] ?? 12_000,
    anonymousPerMinute: it.limits?.['anonymous-requests-per-minute'] ?? 1_200,
    concurrentRequests: it.limits?.['concurrent-requests'] ?? 1_000,
    concurrentPerPartner: it.limits?.['concurrent-requests-per-partner'] ?? 250,
  },
  trustedProxies: it['trusted-proxies'] ?? [],
  delivery: {
    notFoundHours: it.delivery?.['not-found-hours'] ?? 24,
    setAsideAfter: it.delivery?.['set-aside-after'] ?? 3,
    ...(it.delivery?.['quarantine-after'] ? { quarantineAfter: it.delivery['quarantine-after'] } : {}),
    lanes: it.delivery?.lanes ?? 8,
    deadLettersTo: it.delivery?.['dead-letters-to'] ?? 'registration-team',
  },
  retention: {
    ...(it.retention?.['content-months'] ? { contentMonths: it.retention['content-months'] } : {}),
    ...(it.retention?.['audit-months'] ? { auditMonths: it.retention['audit-months'] } : {}),
    ...(it.retention?.['refused-days'] ? { refusedDays: it.retention['refused-days'] } : {}),
  },
  audit: { signMinutes: it.audit?.['sign-minutes'] ?? 60, signEntries: it.audit?.['sign-entries'] ?? 1_000 },
  backpressure: {
    waitingDeliveries: it.limits?.['waiting-deliveries'] ?? 100_000,
    eventLoopDelay: it.limits?.['event-loop-delay-ms'] ?? 250,
  },
  monitoring: {
    ...(it.monitoring?.['token-from'] ? { tokenFrom: it.monitoring['token-from'] } : {}),
    deliveredWithinMinutes: it.monitoring?.['delivered-within-minutes'] ?? 15,
  },
  reports: { period: it.reports?.period ?? 'quarter', smallestCount: it.reports?.['smallest-count'] ?? 5 },
  notifications: {
    ...(it.notifications?.heartbeat ? { heartbeat: it.notifications.heartbeat } : {}),
    subscriptions: (it.notifications?.subscriptions ?? []).map(
      ({ 'use-case': useCase, content = 'id-only', ...one }) => ({
        ...one,
        useCase,
        content,
      }),
    ),
  },
  cors: { origins: it.cors?.origins ?? [] },
  ...(it.terminology ? { terminology: terminologySettings(it.terminology) } : {}),
  ...(it['consent-source'] ? { consentSource: consentSourceSettings(it['consent-source']) } : {}),
  terminologyWaivers: (it['terminology-waivers'] ?? []).flatMap(({ 'value-set': valueSet, system, reason }) =>
    [valueSet, system].flatMap((canonical) => (canonical ? { canonical, reason } : [])),
  ),
});
