import type { Bilingual } from '../../fhir/bilingual.ts';

/** A message to try: `file` in examples/messages. */
export type Example = { readonly id: string; readonly file: string; readonly by: string; readonly title: Bilingual };

/** Those that need no earlier message, of each format and each outcome that an implementer meets first. */
export const examples: readonly Example[] = [
  {
    id: '005-elz-referral-xml',
    file: 'input.xml',
    by: 'gp-de-linde',
    title: { nl: 'Verwijzing volgens ELZ, XML', en: 'Referral in the ELZ format, XML' },
  },
  {
    id: '004-elz-referral-json',
    file: 'input.json',
    by: 'gp-de-linde',
    title: { nl: 'Verwijzing volgens ELZ, JSON', en: 'Referral in the ELZ format, JSON' },
  },
  {
    id: '001-referral-as-collection',
    file: 'input.json',
    by: 'gp-de-linde',
    title: { nl: 'Verwijzing in het profiel van de gateway, JSON', en: 'Referral in the profile of the gateway, JSON' },
  },
  {
    id: '120-ref-i12',
    file: 'input.hl7',
    by: 'gp-de-linde',
    title: { nl: 'Verwijzing in HL7 v2, REF^I12', en: 'Referral in HL7 v2, REF^I12' },
  },
  {
    id: '127-referral-form',
    file: 'input.json',
    by: 'gp-de-linde',
    title: { nl: 'Verwijsformulier, JSON', en: 'Referral form, JSON' },
  },
  {
    id: '099-urgent-referral',
    file: 'input.json',
    by: 'gp-de-linde',
    title: { nl: 'Verwijzing met spoed', en: 'Urgent referral' },
  },
  {
    id: '103-child',
    file: 'input.json',
    by: 'gp-de-linde',
    title: { nl: 'Verwijzing van een kind', en: 'Referral of a child' },
  },
  {
    id: '102-outside-the-postcodes',
    file: 'input.json',
    by: 'gp-de-linde',
    title: { nl: 'De persoon woont buiten de regio', en: 'The person lives outside the region' },
  },
  {
    id: '024-bsn-fails-elfproef',
    file: 'input.json',
    by: 'gp-de-linde',
    title: { nl: 'Fout: het BSN klopt niet', en: 'Error: the BSN is not valid' },
  },
  {
    id: '029-no-legal-basis',
    file: 'input.json',
    by: 'gp-de-linde',
    title: { nl: 'Fout: geen grondslag', en: 'Error: no legal basis' },
  },
  {
    id: '128-referral-form-wrong',
    file: 'input.json',
    by: 'gp-de-linde',
    title: { nl: 'Fout: formulier verkeerd ingevuld', en: 'Error: form filled in wrongly' },
  },
  {
    id: '123-ref-i12-bsn-fails-elfproef',
    file: 'input.hl7',
    by: 'gp-de-linde',
    title: { nl: 'Fout: het BSN klopt niet, HL7 v2', en: 'Error: the BSN is not valid, HL7 v2' },
  },
];
