/** Words of people that stay in the audit trail: short, on one line, and never a BSN, however its digits are written or separated. */
export const isReason = (reason: unknown, least: number, most: number): reason is string =>
  typeof reason === 'string' &&
  reason.trim().length >= least &&
  reason.trim().length <= most &&
  /^[^\p{Cc}\p{Cs}]*$/u.test(reason.trim()) &&
  !/\p{Nd}{9}/u.test(reason.replace(/[^\p{L}\p{N}]/gu, ''));
