import { serviceType } from './compile.ts';
import type { Bilingual, Candidate } from './decision.ts';
import type { Known } from './facts.ts';
import type { Then } from './routes-file.ts';
import type { Catchment, DirectoryService, DirectorySnapshot } from './snapshot.ts';

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

function dropped(service: DirectoryService, { facts, referring }: Known): Bilingual | undefined {
  if (!service.active) return { en: 'is not active', nl: 'is niet actief' };
  if (!covers(service.catchment, facts)) {
    return facts.residence === 'unknown'
      ? {
          en: 'has a catchment, and the address is not known',
          nl: 'heeft een verzorgingsgebied, en het adres is niet bekend',
        }
      : { en: 'the person lives outside its catchment', nl: 'de persoon woont buiten het verzorgingsgebied' };
  }
  const { referrers } = service;
  if (!referrers || referring?.types.some((it) => referrers.includes(it))) return undefined;
  return facts.referrer === 'person'
    ? { en: 'takes nobody without a referral', nl: 'neemt niemand aan zonder verwijzing' }
    : {
        en: 'does not take referrals from this kind of organisation',
        nl: 'neemt geen verwijzingen aan van dit soort organisatie',
      };
}

function covers({ municipalities, postcodes }: Catchment, { municipality, postcode }: Known['facts']): boolean {
  if (!municipalities && !postcodes) return true;
  if (municipality && municipalities?.includes(municipality)) return true;
  const number = Number(postcode ?? 0);
  return postcodes?.some(({ from, to }) => from <= number && number <= to) ?? false;
}
