import type { Rule } from './rule.ts';
import { receiverTransient, warning } from './shared.ts';

/** Urgent and duplicate referrals. */
export const watchdogRules = {
  'urgent-alerted': {
    ...receiverTransient,
    type: 'business-rule',
    en: 'This referral is urgent. The gateway alerts {service} by message. As long as the Task has status requested, the referral is not accepted; after the term of the network it is escalated.',
    nl: 'Deze verwijzing heeft spoed. {service} krijgt nu een alarmbericht. Zolang de Task op requested staat, heeft niemand haar geaccepteerd; na de termijn van het netwerk wordt zij geëscaleerd.',
  },
  'urgent-not-alerted': {
    ...receiverTransient,
    type: 'business-rule',
    en: 'This referral is urgent, and this network sends no alerts: it waits like any other. Call {service}.',
    nl: 'Deze verwijzing heeft spoed, en dit netwerk stuurt daarvoor geen alarm: zij wacht als elke andere. Bel {service}.',
  },
  'second-referral': {
    ...warning,
    category: 'conflict',
    type: 'duplicate',
    en: 'This person has another open referral in this network. Both remain open; agree with the person and the receiver which one applies.',
    nl: 'Deze persoon heeft in dit netwerk nog een open verwijzing. Beide blijven open; overleg met de persoon en de ontvanger welke geldt.',
  },
  'identity-conflict': {
    ...warning,
    category: 'conflict',
    type: 'conflict',
    en: 'You stated this element otherwise in an earlier referral for the same BSN. The referral was accepted. Check the BSN, and whose referral this is; if this message is wrong, send a corrected referral that replaces it.',
    nl: 'U stuurde dit element bij een eerdere verwijzing met hetzelfde BSN anders. De verwijzing is aangenomen. Controleer het BSN en om wie het gaat; klopt dit bericht niet, stuur dan een verbeterde verwijzing die deze vervangt.',
  },
} as const satisfies Record<string, Rule>;
