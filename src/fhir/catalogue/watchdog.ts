import type { Rule } from './rule.ts';
import { receiverTransient, warning } from './shared.ts';

/** Urgent and duplicate referrals. */
export const watchdogRules = {
  'urgent-alerted': {
    ...receiverTransient,
    type: 'business-rule',
    en: 'This referral is urgent. {service} is alerted now by message. As long as the Task is still requested nobody has taken it up; after the term of the network it is escalated.',
    nl: 'Deze verwijzing heeft spoed. {service} krijgt nu een alarmbericht. Zolang de Task op requested staat, heeft niemand haar opgepakt; na de termijn van het netwerk wordt zij geëscaleerd.',
  },
  'urgent-not-alerted': {
    ...receiverTransient,
    type: 'business-rule',
    en: 'This referral is urgent, and this network alerts nobody for it: it waits like any other. Call {service}.',
    nl: 'Deze verwijzing heeft spoed, en dit netwerk alarmeert daarvoor niemand: zij wacht als elke andere. Bel {service}.',
  },
  'second-referral': {
    ...warning,
    category: 'conflict',
    type: 'duplicate',
    en: 'There is another open referral for this person in this network. Both go on; consult with the person and with the receiver which of them is meant.',
    nl: 'Er is in dit netwerk nog een open verwijzing voor deze persoon. Beide gaan door; overleg met de persoon en met de ontvanger welke bedoeld is.',
  },
} as const satisfies Record<string, Rule>;
