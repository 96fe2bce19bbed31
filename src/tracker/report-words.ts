/** The words of the person's report, in plain Dutch (B1) and English. */
export type Words = { readonly nl: string; readonly en: string };

/** Kinds of data, by resource type; several types share a kind. */
const kinds: readonly (readonly [types: string, words: Words])[] = [
  ['Patient', { nl: 'wie u bent', en: 'who you are' }],
  ['RelatedPerson', { nl: 'uw naasten', en: 'people close to you' }],
  ['ServiceRequest', { nl: 'uw verwijzing of aanvraag', en: 'your referral or request' }],
  ['Task Provenance', { nl: 'hoe het staat met uw aanvraag', en: 'the progress of your request' }],
  ['Condition ClinicalImpression', { nl: 'uw klachten of diagnose', en: 'your complaints or diagnosis' }],
  ['Observation DiagnosticReport', { nl: 'metingen en uitslagen', en: 'measurements and results' }],
  ['MedicationStatement MedicationRequest', { nl: 'uw medicijnen', en: 'your medicines' }],
  ['AllergyIntolerance', { nl: 'uw allergieën', en: 'your allergies' }],
  ['Composition DocumentReference', { nl: 'brieven en verslagen', en: 'letters and reports' }],
  ['Communication CommunicationRequest', { nl: 'berichten over u', en: 'messages about you' }],
  ['Consent', { nl: 'uw toestemming', en: 'your consent' }],
  ['Appointment', { nl: 'uw afspraken', en: 'your appointments' }],
  ['QuestionnaireResponse', { nl: 'uw antwoorden op vragen', en: 'your answers to questions' }],
  ['CarePlan Goal', { nl: 'uw plan', en: 'your plan' }],
  ['CareTeam', { nl: 'wie u helpt', en: 'who helps you' }],
  ['EpisodeOfCare Encounter', { nl: 'welke zorg u krijgt', en: 'which care you receive' }],
];
const kindOf = new Map(kinds.flatMap(([types, words]) => types.split(' ').map((type) => [type, words] as const)));
const other: Words = { nl: 'andere gegevens', en: 'other data' };

/** The kinds of data of these types, each once, the other ones last. */
export const kindsOf = (types: readonly string[]): readonly Words[] => {
  const found = new Set(types.map((type) => kindOf.get(type) ?? other));
  return [...kinds.flatMap(([, words]) => (found.has(words) ? [words] : [])), ...(found.has(other) ? [other] : [])];
};

/** Grounds, by code of mgn-legal-basis. */
export const grounds: Readonly<Record<string, Words>> = {
  'referral-within-care': {
    nl: 'u bent verwezen, en deze gegevens horen bij die verwijzing',
    en: 'you were referred, and these data belong to that referral',
  },
  'treatment-relationship': { nl: 'deze hulpverlener behandelt u', en: 'this provider treats you' },
  'explicit-consent': { nl: 'u hebt daar toestemming voor gegeven', en: 'you gave your consent to it' },
  'own-request': { nl: 'u hebt dit zelf gevraagd', en: 'you requested it yourself' },
  'vital-interest': { nl: 'er was acuut gevaar', en: 'there was acute danger' },
  'legal-duty': { nl: 'de wet verplicht dit', en: 'the law requires it' },
};
export const ownData: Words = {
  nl: 'deze organisatie heeft zelf gegevens over u gestuurd',
  en: 'this organisation has sent data about you itself',
};
/** Why emergency access was permitted: what who began it stated. */
export const emergencyGround = (reason: string): Words => ({
  nl: `noodtoegang, met als reden: ${reason}`,
  en: `emergency access, for this reason: ${reason}`,
});
export const noGround: Words = { nl: 'niet vastgelegd', en: 'not recorded' };

type Sentence = (who: string, recipient: string) => Words;

const changed: Sentence = (who) => ({
  nl: `${who} heeft gegevens over u gewijzigd.`,
  en: `${who} changed data about you.`,
});
const read: Sentence = (who) => ({ nl: `${who} heeft gegevens over u bekeken.`, en: `${who} read data about you.` });

const looked: Sentence = (who) => ({
  nl: `${who} heeft gekeken hoe het staat met uw aanvraag, zonder te zien wat erin staat.`,
  en: `${who} looked at the progress of your request, without seeing what is in it.`,
});

/** What was done, by interaction, when it succeeded. */
export const done: Readonly<Record<string, Sentence>> = {
  accept: (who) => ({ nl: `${who} heeft gegevens over u gestuurd.`, en: `${who} sent data about you.` }),
  create: (who) => ({ nl: `${who} heeft gegevens over u gestuurd.`, en: `${who} sent data about you.` }),
  update: changed,
  patch: changed,
  transition: changed,
  transaction: changed,
  read,
  vread: read,
  'history-instance': read,
  'search-type': read,
  case: read,
  explain: read,
  disclose: (who, recipient) => ({
    nl: `${who} heeft gegevens over u beschikbaar gemaakt voor ${recipient}.`,
    en: `${who} made data about you available to ${recipient}.`,
  }),
  deliver: (who, recipient) => ({
    nl: `${who} heeft gegevens over u naar ${recipient} gestuurd.`,
    en: `${who} sent data about you to ${recipient}.`,
  }),
  'see-envelope': looked,
  'see-issues': looked,
  'break-glass': (who) => ({
    nl: `${who} heeft noodtoegang tot uw gegevens genomen.`,
    en: `${who} began emergency access to your data.`,
  }),
  'withdraw-delivery': (who, recipient) => ({
    nl: `${who} heeft gegevens over u niet naar ${recipient} gestuurd, omdat dat niet meer mocht.`,
    en: `${who} did not send data about you to ${recipient}, because it was no longer permitted.`,
  }),
  retention: (who) => ({
    nl: `${who} heeft gegevens over u verwijderd, omdat ze niet langer bewaard hoeven te worden.`,
    en: `${who} removed data about you, because they need no longer be stored.`,
  }),
  disclosures: (who) => ({
    nl: `${who} heeft dit overzicht opgevraagd.`,
    en: `${who} requested this report.`,
  }),
  'open-receipt': (who) => ({
    nl: `${who} heeft een gegeven over u opgevraagd, met het bewijs dat het is verstrekt of achtergehouden.`,
    en: `${who} requested a value about you, with the proof that it was disclosed or withheld.`,
  }),
};

export const somethingElse: Sentence = (who) => ({
  nl: `${who} heeft iets gedaan met gegevens over u.`,
  en: `${who} did something with data about you.`,
});

/** What was not done. */
export const notDone: Readonly<Record<string, Sentence>> = {
  deliver: (who, recipient) => ({
    nl: `${who} wilde gegevens over u naar ${recipient} sturen. Dat lukte niet.`,
    en: `${who} tried to send data about you to ${recipient}. It failed.`,
  }),
};
export const refusedRead: Sentence = (who) => ({
  nl: `${who} wilde gegevens over u bekijken. Dat is geweigerd.`,
  en: `${who} tried to read data about you. It was refused.`,
});
export const refusedElse: Sentence = (who) => ({
  nl: `${who} wilde iets doen met gegevens over u. Dat is geweigerd.`,
  en: `${who} tried to do something with data about you. It was refused.`,
});
export const unknownParty: Words = { nl: 'Iemand die niet is aangemeld', en: 'Somebody who was not authenticated' };

export const reads: ReadonlySet<string> = new Set(Object.keys(done).filter((it) => done[it] === read));

export const texts = {
  title: { nl: 'Wie heeft uw gegevens gezien?', en: 'Who has seen your data?' },
  intro: {
    nl: 'Dit overzicht laat zien wie via dit netwerk iets met uw gegevens heeft gedaan, wanneer, en waarom dat mocht. Het laat niet zien wat er in de gegevens staat.',
    en: 'This report shows who did something with your data by means of this network, when, and why it was permitted. It does not show what is in the data.',
  },
  none: { nl: 'Er is niets met uw gegevens gedaan.', en: 'Nothing was done with your data.' },
  last: { nl: 'de laatste keer op', en: 'the last time on' },
  when: { nl: 'Wanneer', en: 'When' },
  what: { nl: 'Wat er gebeurde', en: 'What happened' },
  about: { nl: 'Welke gegevens', en: 'Which data' },
  why: { nl: 'Waarom dat mocht', en: 'Why it was permitted' },
  question: {
    nl: 'Klopt er iets niet, of hebt u een vraag? Neem contact op met het netwerk. U mag ook een klacht indienen bij de Autoriteit Persoonsgegevens.',
    en: 'Is something wrong, or do you have a question? Contact the network. You may also complain to the Dutch Data Protection Authority.',
  },
} as const satisfies Record<string, Words>;
