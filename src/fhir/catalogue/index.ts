import { accessRules } from './access.ts';
import { appointmentRules } from './appointment.ts';
import { auditRules } from './audit.ts';
import { bindingRules } from './binding.ts';
import { configurationRules } from './configuration.ts';
import { consultationRules } from './consultation.ts';
import { conversationRules } from './conversation.ts';
import { deliveryRules } from './delivery.ts';
import { directoryRules } from './directory.ts';
import { disclosureRules } from './disclosure.ts';
import { informationRules } from './information.ts';
import { intakeRules } from './intake.ts';
import { mapFindingsRules } from './map-findings.ts';
import { mapTextRules } from './map-text.ts';
import { measureRules } from './measure.ts';
import { notificationRules } from './notification.ts';
import { operatingRules } from './operating.ts';
import { operationsRules } from './operations.ts';
import { orderRules } from './order.ts';
import { parseRules } from './parse.ts';
import { patchRules } from './patch.ts';
import { peopleRules } from './people.ts';
import { profileRules } from './profile.ts';
import { questionnaireRules } from './questionnaire.ts';
import { referenceRules } from './reference.ts';
import { requestRules } from './request.ts';
import { routingRules } from './routing.ts';
import { storeRules } from './store.ts';
import { storeOpenRules } from './store-open.ts';
import { subscriptionRules } from './subscription.ts';
import { tokenRules } from './token.ts';
import { validationRules } from './validation.ts';
import { watchdogRules } from './watchdog.ts';
import { workflowRules } from './workflow.ts';

/** Every code that the gateway can return. Partners program against them: a code is never reused for another meaning. */
export const catalogue = {
  ...parseRules,
  ...validationRules,
  ...bindingRules,
  ...profileRules,
  ...referenceRules,
  ...questionnaireRules,
  ...mapTextRules,
  ...mapFindingsRules,
  ...accessRules,
  ...tokenRules,
  ...peopleRules,
  ...requestRules,
  ...patchRules,
  ...intakeRules,
  ...notificationRules,
  ...routingRules,
  ...directoryRules,
  ...operationsRules,
  ...orderRules,
  ...workflowRules,
  ...informationRules,
  ...appointmentRules,
  ...consultationRules,
  ...conversationRules,
  ...disclosureRules,
  ...deliveryRules,
  ...subscriptionRules,
  ...watchdogRules,
  ...measureRules,
  ...configurationRules,
  ...operatingRules,
  ...storeOpenRules,
  ...storeRules,
  ...auditRules,
} as const;
