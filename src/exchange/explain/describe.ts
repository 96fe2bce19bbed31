import type { Bundle } from '@medplum/fhirtypes';
import type { Purpose } from '../../disclosure/index.ts';
import { isType } from '../../fhir/resource.ts';
import type { Bilingual } from '../../routing/index.ts';
import type { Form, Mapped } from '../maps/forms.ts';
import type { Disclosure } from '../pipeline/disclosure.ts';
import type { Routed } from '../pipeline/kind.ts';
import type { Said } from '../pipeline/step.ts';
import type { SentMessage } from '../reading/sent-message.ts';

const resourceCounts = (bundle: Bundle): string => {
  const counts = new Map<string, number>();
  // The Bundle is not validated yet.
  for (const { resource } of Array.isArray(bundle.entry) ? bundle.entry.filter(Boolean) : [])
    if (typeof resource?.resourceType === 'string')
      counts.set(resource.resourceType, (counts.get(resource.resourceType) ?? 0) + 1);
  return [...counts].map(([type, count]) => (count === 1 ? type : `${count} ${type}`)).join(', ');
};

const dutchPurpose: Readonly<Record<Purpose, string>> = {
  referral: 'verwijzing',
  'social-request': 'vraag aan het sociaal domein',
  solicitation: 'vraag of er plek is',
  status: 'status',
  feedback: 'terugkoppeling',
  consultation: 'stukken van het overleg',
  'consultation-extract': 'stukken van het overleg voor het sociaal domein',
  invitation: 'uitnodiging zonder persoon',
  answer: 'antwoord',
  appointment: 'afspraak',
};

/** Result of each step in words: types, names of rules and of organisations, no content of the message. */
export const describe = {
  parsed: ({ shape, message, text }: SentMessage): Bilingual => {
    if (shape === 'hl7-v2') return { en: 'HL7 v2 message', nl: 'bericht in HL7 v2' };
    if (shape === 'json') return { en: 'JSON form', nl: 'formulier in JSON' };
    const what = isType(message, 'Bundle') ? `Bundle: ${resourceCounts(message)}` : message.resourceType;
    return { en: `${what} (${text.length} characters)`, nl: `${what} (${text.length} tekens)` };
  },
  form: ({ id, kind }: Form): Said => ({
    en: `accepted as ${id}`,
    nl: `aangenomen als ${id}`,
    form: { id, kind },
  }),
  mapped: ({ graph }: Mapped): Bilingual => {
    const counts = resourceCounts(graph);
    return { en: counts, nl: counts };
  },
  routed: ({ decisions }: Pick<Routed, 'decisions'>): Bilingual => ({
    en: decisions.map(({ owner, reason }) => `to ${owner.display}: ${reason.en}`).join('; '),
    nl: decisions.map(({ owner, reason }) => `naar ${owner.display}: ${reason.nl}`).join('; '),
  }),
  disclosed: (disclosures: readonly Disclosure[]): Bilingual => {
    const all = disclosures.map(({ partner, purpose, bundle }) => ({
      partner,
      purpose,
      counts: resourceCounts(bundle),
    }));
    return {
      en: all.map(({ partner, purpose, counts }) => `${partner} receives the ${purpose} (${counts})`).join('; '),
      nl: all
        .map(({ partner, purpose, counts }) => `${partner} krijgt de ${dutchPurpose[purpose]} (${counts})`)
        .join('; '),
    };
  },
};
