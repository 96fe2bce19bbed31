/** The label of a fact, and of its codes, for readers who do not know the rules. */
export type FactLabel = { readonly label: string; readonly values?: Readonly<Record<string, string>> };

type Words = Readonly<Record<string, FactLabel>>;

/** By the name of the fact in records; some conditions use another name. */
export const factLabels: { readonly en: Words; readonly nl: Words } = {
  en: {
    useCase: {
      label: 'the kind of request',
      values: {
        registration: 'registration for an exploratory conversation',
        transfer: 'transfer',
        'social-request': 'request to the social domain',
        'case-consultation': 'case consultation',
        feedback: 'feedback',
      },
    },
    source: {
      label: 'the form of the message',
      values: { 'gateway-profile': 'the gateway’s own', mapped: 'another one, mapped to the gateway’s own' },
    },
    owner: {
      label: 'the receiver named by the sender',
      values: {
        none: 'nobody',
        network: 'the network itself',
        referrer: 'the referrer itself',
        service: 'a service',
        organization: 'an organisation',
        unknown: 'unknown to the directory',
      },
    },
    residence: {
      label: 'the home of the person',
      values: { inside: 'in the region', outside: 'outside the region', unknown: 'not stated' },
    },
    municipality: { label: 'the municipality' },
    postcode: { label: 'the postcode, digits only' },
    referrer: {
      label: 'the referrer',
      values: {
        known: 'an organisation of the directory',
        person: 'the person, or a relative',
        unknown: 'unknown to the directory',
      },
    },
    sender: { label: 'the sender' },
    priority: { label: 'the priority' },
    urgent: { label: 'the urgency', values: { true: 'urgent', false: 'not urgent' } },
    complaint: {
      label: 'the complaint',
      values: { psychological: 'psychological or social', other: 'something else', none: 'not coded' },
    },
    icpcChapters: { label: 'the ICPC chapters of the complaint' },
    age: { label: 'the age of the person', values: { unknown: 'not stated' } },
    language: { label: 'the language of the person', values: { unknown: 'not stated' } },
    serviceTypes: { label: 'the kind of help requested' },
    echelon: {
      label: 'the requested level of care',
      values: {
        'general-practice': 'general practice',
        basic: 'basic ggz',
        specialist: 'specialist ggz',
        social: 'social domain',
        none: 'none in particular',
      },
    },
    diagnosisGroup: { label: 'the main diagnosis group', values: { none: 'not stated' } },
  },
  nl: {
    useCase: {
      label: 'het soort verzoek',
      values: {
        registration: 'aanmelding voor een verkennend gesprek',
        transfer: 'transfer',
        'social-request': 'vraag aan het sociaal domein',
        'case-consultation': 'casusoverleg',
        feedback: 'terugkoppeling',
      },
    },
    source: {
      label: 'de vorm van het bericht',
      values: { 'gateway-profile': 'die van de gateway zelf', mapped: 'een andere, omgezet naar die van de gateway' },
    },
    owner: {
      label: 'de ontvanger die de afzender noemt',
      values: {
        none: 'niemand',
        network: 'het netwerk zelf',
        referrer: 'de verwijzer zelf',
        service: 'aanbod',
        organization: 'een organisatie',
        unknown: 'iemand die de adreslijst niet kent',
      },
    },
    residence: {
      label: 'de woonplaats van de persoon',
      values: { inside: 'in de regio', outside: 'buiten de regio', unknown: 'niet verteld' },
    },
    municipality: { label: 'de gemeente' },
    postcode: { label: 'de postcode, alleen cijfers' },
    referrer: {
      label: 'wie verwijst',
      values: {
        known: 'een organisatie uit de adreslijst',
        person: 'de persoon, of een naaste',
        unknown: 'iemand die de adreslijst niet kent',
      },
    },
    sender: { label: 'de afzender' },
    priority: { label: 'de prioriteit' },
    urgent: { label: 'de spoed', values: { true: 'dringend', false: 'niet dringend' } },
    complaint: {
      label: 'de klacht',
      values: { psychological: 'psychisch of sociaal', other: 'iets anders', none: 'niet gecodeerd' },
    },
    icpcChapters: { label: 'de ICPC-hoofdstukken van de klacht' },
    age: { label: 'de leeftijd van de persoon', values: { unknown: 'niet verteld' } },
    language: { label: 'de taal van de persoon', values: { unknown: 'niet verteld' } },
    serviceTypes: { label: 'het gevraagde soort hulp' },
    echelon: {
      label: 'het gevraagde echelon',
      values: {
        'general-practice': 'huisartsenzorg',
        basic: 'basis-ggz',
        specialist: 'gespecialiseerde ggz',
        social: 'sociaal domein',
        none: 'geen in het bijzonder',
      },
    },
    diagnosisGroup: { label: 'de hoofddiagnosegroep', values: { none: 'niet verteld' } },
  },
};
