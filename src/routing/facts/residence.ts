import type { Address, Patient } from '@medplum/fhirtypes';
import { postcodeNumber } from '../snapshot/postcode.ts';
import type { Residence } from '../snapshot/residence.ts';
import type { DirectorySnapshot } from '../snapshot/snapshot.ts';

export function residenceOf(person: Patient | undefined, directory: DirectorySnapshot, now: Date): Residence {
  const home = homeAddress(person?.address ?? [], now);
  const postcode = home?.postalCode && isDutch(home) ? postcodeNumber(home.postalCode) : undefined;
  if (postcode === undefined)
    return { residence: home && !isDutch(home) ? 'outside' : 'unknown', municipality: null, postcode: null };
  const municipality = directory.municipalityOf(String(postcode)) ?? null;
  return { residence: municipality ? 'inside' : 'outside', municipality, postcode: String(postcode) };
}

/** A temporary, work or former address does not determine the municipality of the person. */
function homeAddress(addresses: readonly Address[], now: Date): Address | undefined {
  const today = now.toISOString();
  const current = addresses.filter(({ period }) => !period?.end || period.end >= today.slice(0, period.end.length));
  return current.find(({ use }) => use === 'home') ?? current.find(({ use }) => use === undefined);
}

const isDutch = ({ country }: Address): boolean =>
  country === undefined ||
  ['nl', 'nld', 'nederland', 'netherlands', 'the netherlands'].includes(country.trim().toLowerCase());
