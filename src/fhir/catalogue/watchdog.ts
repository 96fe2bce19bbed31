import type { Rule } from './rule.ts';

/** What is told of things that must not wait, and to whom. */
export const watchdogRules = {
  'operator-only': {
    severity: 'error',
    fault: 'sender',
    category: 'forbidden',
    type: 'forbidden',
    en: 'This list is for the operator of the network. Ask with the token of a partner whose role is operator.',
    nl: 'Deze lijst is voor de beheerder van het netwerk. Vraag met het token van een deelnemer met de rol operator.',
  },
  'urgent-alerted': {
    severity: 'warning',
    fault: 'receiver',
    category: 'transient',
    type: 'business-rule',
    en: 'This referral is urgent. {service} is alerted now; as long as the Task is still requested nobody has taken it up. Do not wait for that: call {phone}.',
    nl: 'Deze verwijzing heeft spoed. {service} krijgt nu een alarm; zolang de Task op requested staat, heeft niemand haar opgepakt. Wacht daar niet op: bel {phone}.',
  },
  'urgent-not-alerted': {
    severity: 'warning',
    fault: 'receiver',
    category: 'transient',
    type: 'business-rule',
    en: 'This referral is urgent, and this network alerts nobody for it by message. Call {service}: {phone}.',
    nl: 'Deze verwijzing heeft spoed, en dit netwerk alarmeert daarvoor niemand met een bericht. Bel {service}: {phone}.',
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
