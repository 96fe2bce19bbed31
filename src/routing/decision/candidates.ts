import type { Bilingual } from '../../fhir/bilingual.ts';
import type { RoutingContext } from '../facts/facts.ts';
import { type Choice, listOf, type RuleAction } from '../rules/routes-file.ts';
import { covers } from '../snapshot/coverage.ts';
import type { Residence } from '../snapshot/residence.ts';
import { serviceType } from '../snapshot/service-type.ts';
import { servicesInScope } from '../snapshot/services-in-scope.ts';
import type { DirectoryOrganization, DirectoryService, DirectorySnapshot } from '../snapshot/snapshot.ts';
import {
  type CandidateMetrics,
  compareMetrics,
  merits,
  metricsOf,
  type SelectionContext,
  whyNotSelected,
} from './choice.ts';
import type { Candidate } from './decision.ts';

/** The action of a rule that selects among services. */
export type ServiceAction = Extract<RuleAction, { readonly owner: unknown } | { readonly candidates: unknown }>;

/** The selection criteria of an action; undefined when it names a single service. */
export function choiceOf(then: ServiceAction): Choice | undefined {
  if ('candidates' in then) return then.candidates;
  return typeof then.owner === 'object' ? then.owner : undefined;
}

/** The services in scope of a rule, and the number of services outside the home's catchment. */
function servicesFor(
  then: ServiceAction,
  known: RoutingContext,
  directory: DirectorySnapshot,
): ReturnType<typeof servicesInScope> {
  const choice = choiceOf(then);
  if (choice) {
    const types = choice.type === 'asked' ? known.facts.serviceTypes.split(' ').filter(Boolean) : listOf(choice.type);
    return servicesInScope(types.map(serviceType), known.facts, directory);
  }
  const owner = 'owner' in then ? String(then.owner) : '';
  if (owner === 'named')
    return { services: 'services' in known.namedOwner ? known.namedOwner.services : [], elsewhere: 0 };
  const service = directory.service(owner);
  return { services: service ? [service] : [], elsewhere: 0 };
}

export type EvaluatedCandidates = {
  /** In order of evaluation, each with the reason for keeping or dropping it. */
  readonly candidates: readonly Candidate[];
  /** The services that were kept, best first; `tied` when the first two rank equally. */
  readonly kept: readonly DirectoryService[];
  readonly tied: boolean;
  /** Number of services of a large directory that were not evaluated: their catchment does not cover the home. */
  readonly elsewhere: number;
};

/** Evaluates every service in scope of a rule: whether it accepts this person, and whether it meets the criteria. */
export function evaluateCandidates(
  then: ServiceAction,
  rule: string,
  known: RoutingContext,
  directory: DirectorySnapshot,
): EvaluatedCandidates {
  const choice = choiceOf(then);
  const { postcode, language, diagnosisGroup, age } = known.facts;
  const seeker: SelectionContext = { postcode, language, diagnosisGroup, today: known.today };
  const applicant: Applicant = {
    from: known.withoutHome ? 'anywhere' : known.facts,
    isOwnRequest: known.facts.referrer === 'person',
    referring: known.referring,
    age,
    group: diagnosisGroup,
  };
  const kept: { service: DirectoryService; measured: CandidateMetrics; at: number }[] = [];
  const { services, elsewhere } = servicesFor(then, known, directory);
  const candidates = services.map((service, at): Candidate => {
    const { reference, name, source } = service;
    const of = { service: reference, name, rule, ...(source ? { source } : {}) };
    const notTaken = ('owner' in then ? whyNotConnected(service) : undefined) ?? whyNotAccepted(service, applicant);
    if (notTaken) return { ...of, kept: false, because: notTaken };
    if (!choice) {
      kept.push({ service, measured: {}, at });
      return { ...of, kept: true, because: takes };
    }
    const measured = metricsOf(service, choice, seeker, directory);
    const notChosen = whyNotSelected(measured, choice, seeker);
    if (!notChosen) kept.push({ service, measured, at });
    const because = notChosen ?? joined([takes, ...merits(measured)]);
    return { ...of, kept: !notChosen, because, ...(Object.keys(measured).length > 0 ? { measured } : {}) };
  });
  kept.sort((a, b) => compareMetrics(a.measured, b.measured, choice?.prefer) || a.at - b.at);
  const [first, second] = kept;
  const tied = second !== undefined && compareMetrics(first!.measured, second.measured, choice?.prefer) === 0;
  if (choice?.prefer)
    kept.forEach(({ at }, index) => {
      candidates[at] = { ...candidates[at]!, rank: index + 1 };
    });
  return { candidates, kept: kept.map(({ service }) => service), tied, elsewhere };
}

const takes: Bilingual = {
  en: 'accepts people from the person’s home and from this referrer',
  nl: 'neemt mensen aan uit de woonplaats van de persoon, en van deze verwijzer',
};

const joined = (all: readonly Bilingual[]): Bilingual => ({
  en: all.map(({ en }) => en).join('; '),
  nl: all.map(({ nl }) => nl).join('; '),
});

/** The person for whom a service is sought: home and referrer. `anywhere`: the home is not a criterion. */
export type Applicant = {
  readonly from: Residence | 'anywhere';
  readonly isOwnRequest: boolean;
  readonly referring: DirectoryOrganization | undefined;
  /** In years; null or absent when unknown, or not about one person. */
  readonly age?: number | null;
  /** Main diagnosis group (hoofddiagnosegroep); null or absent when not stated. */
  readonly group?: string | null;
};

/** Whether no system would receive a referral to this service: it was replicated, and its organisation is no partner. */
export const isNotConnected = ({ source, partner }: DirectoryService): boolean =>
  source !== undefined && partner === undefined;

const whyNotConnected = (service: DirectoryService): Bilingual | undefined =>
  isNotConnected(service)
    ? {
        en: `comes from directory ${service.source}, and no system of its organisation is connected to this network`,
        nl: `komt uit adreslijst ${service.source}, en geen systeem van de organisatie is op dit netwerk aangesloten`,
      }
    : undefined;

/** The reason why a service does not accept the applicant; undefined when it does. */
export function whyNotAccepted(service: DirectoryService, applicant: Applicant): Bilingual | undefined {
  const { from, isOwnRequest, referring, age = null, group = null } = applicant;
  if (!service.active) return { en: 'is not active', nl: 'is niet actief' };
  if (from !== 'anywhere' && !covers(service.catchment, from)) {
    return from.residence === 'unknown'
      ? {
          en: 'has a catchment, and the address is unknown',
          nl: 'heeft een verzorgingsgebied, en het adres is niet bekend',
        }
      : { en: 'the person lives outside its catchment', nl: 'de persoon woont buiten het verzorgingsgebied' };
  }
  const { ages, groups, referrers } = service;
  // an unknown age does not exclude a service: the receiver of the referral checks it
  if (ages && age !== null && (age < (ages.from ?? 0) || age > (ages.to ?? Infinity))) return otherAges(ages);
  if (groups && group !== null && !groups.includes(group))
    return {
      en: `does not treat this diagnosis group (${group})`,
      nl: `behandelt deze hoofddiagnosegroep niet (${group})`,
    };
  if (!referrers || referring?.types.some((it) => referrers.includes(it))) return undefined;
  return isOwnRequest
    ? { en: 'accepts nobody without a referral', nl: 'neemt niemand aan zonder verwijzing' }
    : {
        en: 'does not accept referrals from this kind of organisation',
        nl: 'neemt geen verwijzingen aan van dit soort organisatie',
      };
}

function otherAges({ from, to }: NonNullable<DirectoryService['ages']>): Bilingual {
  if (to === undefined)
    return { en: `accepts people of ${from} and over`, nl: `neemt mensen van ${from} jaar en ouder aan` };
  if (!from) return { en: `accepts people up to ${to} years old`, nl: `neemt mensen tot en met ${to} jaar aan` };
  return {
    en: `accepts people from ${from} to ${to} years old`,
    nl: `neemt mensen van ${from} tot en met ${to} jaar aan`,
  };
}
