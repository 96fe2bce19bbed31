/** Properties about consent by their names, in English and Dutch: one that no rule reads could be a refusal. */
export const aboutConsent =
  /consent|toestem|permission|permit|bezwaar|objection|objects?\b|refus|weiger|opt-?(?:in|out)|akkoord|privacy|optin|optout/i;
