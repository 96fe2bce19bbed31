/** Plain Dutch (B1) for codes of the network: texts for readers without knowledge of care. */
export const lifeDomainWords: Readonly<Record<string, string>> = {
  'bodily-functions': 'uw lichaam',
  'mental-wellbeing': 'hoe u zich voelt',
  meaningfulness: 'wat het leven zin geeft',
  'quality-of-life': 'hoe u geniet van het leven',
  participation: 'meedoen met anderen',
  'daily-functioning': 'het leven van alledag',
  finances: 'geld',
  'work-and-education': 'werk en opleiding',
  'use-of-time': 'wat u overdag doet',
  housing: 'wonen',
  'domestic-relations': 'uw gezin en wie bij u woont',
  'mental-health': 'hoe u zich voelt',
  'physical-health': 'uw gezondheid',
  'substance-use': 'alcohol, drugs en medicijnen',
  'basic-adl': 'wassen, aankleden en eten',
  'instrumental-adl': 'het huishouden',
  'social-network': 'de mensen om u heen',
  'participation-in-society': 'meedoen in de buurt',
  justice: 'politie en rechter',
};

export const roleWords: Readonly<Record<string, string>> = {
  gp: 'uw huisarts',
  'poh-ggz': 'de ondersteuner van uw huisarts',
  'mental-health-professional': 'iemand van de ggz',
  'social-domain-professional': 'iemand van de gemeente of het buurtteam',
  'expert-by-experience': 'iemand die zelf veel heeft meegemaakt',
  'client-supporter': 'iemand die naast u staat',
  coordinator: 'iemand van het aanmeldteam',
  'close-one': 'iemand die dicht bij u staat',
};

export const outcomeWords: Readonly<Record<string, string>> = {
  'social-domain': 'U krijgt hulp in de buurt of van de gemeente.',
  'basis-ggz': 'We raden uw huisarts aan om u naar een psycholoog te verwijzen.',
  'specialist-ggz': 'We raden uw huisarts aan om u naar een ggz-instelling te verwijzen.',
  'gp-poh': 'Uw huisarts helpt u verder.',
  'own-network': 'U gaat verder met de mensen om u heen.',
  combination: 'U krijgt hulp van meer dan één kant.',
  'more-exploration': 'We praten nog een keer met elkaar.',
};

const months = 'januari februari maart april mei juni juli augustus september oktober november december'.split(' ');

/** `27 november 2026`: the day as written in the dateTime, without conversion of the time zone. */
export function dayInWords(dateTime: string | undefined): string | undefined {
  const found = /^(\d{4})-(\d\d)-(\d\d)/.exec(dateTime ?? '');
  return found ? `${Number(found[3])} ${months[Number(found[2]) - 1]} ${found[1]}` : undefined;
}
