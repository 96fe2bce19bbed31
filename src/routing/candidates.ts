import { serviceType } from './compile.ts';
import type { Bilingual, Candidate } from './decision.ts';
import type { Known } from './facts.ts';
import type { Residence } from './residence.ts';
import type { Then } from './routes-file.ts';
import type { Catchment, DirectoryOrganization, DirectoryService, DirectorySnapshot } from './snapshot.ts';

type Owner = Extract<Then, { readonly owner: unknown }>['owner'];

/** The services that a rule looks at. */
export function servicesFor(owner: Owner, known: Known, directory: DirectorySnapshot): readonly DirectoryService[] {
  if (owner === 'named') return 'services' in known.namedOwner ? known.namedOwner.services : [];
  if (typeof owner !== 'string') return directory.servicesOfType(serviceType(owner.type));
  const service = directory.service(owner);
  return service ? [service] : [];
}

/** Whether a service takes this person from this referrer, and why or why not. */
export function weigh(service: DirectoryService, rule: string, known: Known): Candidate {
  const drop = dropped(service, known);
  return { service: service.reference, name: service.name, rule, kept: !drop, because: drop ?? kept };
}

const kept: Bilingual = {
  en: 'takes people from where the person lives, and this referrer',
  nl: 'neemt mensen aan uit de woonplaats van de persoon, en van deze verwijzer',
};

/** Who is to be taken: from where, and by whose referral. `anywhere`: where the person lives isn't asked. */
export type ToTake = {
  readonly from: Residence | 'anywhere';
  readonly isOwnRequest: boolean;
  readonly referring: DirectoryOrganization | undefined;
};

const dropped = (service: DirectoryService, { facts, referring }: Known): Bilingual | undefined =>
  whyNotTaken(service, { from: facts, isOwnRequest: facts.referrer === 'person', referring });

/** Why a service does not take somebody; undefined when it does. */
export function whyNotTaken(
  service: DirectoryService,
  { from, isOwnRequest, referring }: ToTake,
): Bilingual | undefined {
  if (!service.active) return { en: 'is not active', nl: 'is niet actief' };
  if (from !== 'anywhere' && !covers(service.catchment, from)) {
    return from.residence === 'unknown'
      ? {
          en: 'has a catchment, and the address is not known',
          nl: 'heeft een verzorgingsgebied, en het adres is niet bekend',
        }
      : { en: 'the person lives outside its catchment', nl: 'de persoon woont buiten het verzorgingsgebied' };
  }
  const { referrers } = service;
  if (!referrers || referring?.types.some((it) => referrers.includes(it))) return undefined;
  return isOwnRequest
    ? { en: 'takes nobody without a referral', nl: 'neemt niemand aan zonder verwijzing' }
    : {
        en: 'does not take referrals from this kind of organisation',
        nl: 'neemt geen verwijzingen aan van dit soort organisatie',
      };
}

function covers({ municipalities, postcodes }: Catchment, { municipality, postcode }: Residence): boolean {
  if (!municipalities && !postcodes) return true;
  if (municipality && municipalities?.includes(municipality)) return true;
  const number = Number(postcode ?? 0);
  return postcodes?.some(({ from, to }) => from <= number && number <= to) ?? false;
}
