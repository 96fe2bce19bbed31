import type { Rule } from './rule.ts';

/** What is told of things that must not wait, and to whom. */
export const watchdogRules = {
  'operator-only': {
    severity: 'error',
    fault: 'sender',
    category: 'forbidden',
    type: 'forbidden',
    en: 'This is for the operator of the network alone. Ask with the token of a partner whose role is operator.',
    nl: 'Dit is alleen voor de beheerder van het netwerk. Vraag met het token van een deelnemer met de rol operator.',
  },
  'urgent-alerted': {
    severity: 'warning',
    fault: 'receiver',
    category: 'transient',
    type: 'business-rule',
    en: 'This referral is urgent. {service} is alerted now by message. As long as the Task is still requested nobody has taken it up; after the term of the network it is escalated.',
    nl: 'Deze verwijzing heeft spoed. {service} krijgt nu een alarmbericht. Zolang de Task op requested staat, heeft niemand haar opgepakt; na de termijn van het netwerk wordt zij geëscaleerd.',
  },
  'urgent-not-alerted': {
    severity: 'warning',
    fault: 'receiver',
    category: 'transient',
    type: 'business-rule',
    en: 'This referral is urgent, and this network alerts nobody for it: it waits like any other. Call {service}.',
    nl: 'Deze verwijzing heeft spoed, en dit netwerk alarmeert daarvoor niemand: zij wacht als elke andere. Bel {service}.',
  },
  'second-referral': {
    severity: 'warning',
    fault: 'sender',
    category: 'conflict',
    type: 'duplicate',
    en: 'There is another open referral for this person in this network. Both go on; consult with the person and with the receiver which of them is meant.',
    nl: 'Er is in dit netwerk nog een open verwijzing voor deze persoon. Beide gaan door; overleg met de persoon en met de ontvanger welke bedoeld is.',
  },
} as const satisfies Record<string, Rule>;
