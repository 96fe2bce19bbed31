import { appointmentRules } from './appointment.ts';
import { configurationRules } from './configuration.ts';
import { consultationRules } from './consultation.ts';
import { conversationRules } from './conversation.ts';
import { deliveryRules } from './delivery.ts';
import { disclosureRules } from './disclosure.ts';
import { exchangeRules } from './exchange.ts';
import { informationRules } from './information.ts';
import { mappingRules } from './mapping.ts';
import { measureRules } from './measure.ts';
import { parseRules } from './parse.ts';
import { routingRules } from './routing.ts';
import { subscriptionRules } from './subscription.ts';
import { validationRules } from './validation.ts';
import { watchdogRules } from './watchdog.ts';
import { workflowRules } from './workflow.ts';

/** Every code that the gateway can answer with. A code is never reused for another meaning. */
export const catalogue = {
  ...parseRules,
  ...validationRules,
  ...mappingRules,
  ...routingRules,
  ...workflowRules,
  ...informationRules,
  ...appointmentRules,
  ...consultationRules,
  ...disclosureRules,
  ...exchangeRules,
  ...conversationRules,
  ...deliveryRules,
  ...subscriptionRules,
  ...watchdogRules,
  ...measureRules,
  ...configurationRules,
} as const;
