export { type AuditLine, auditLineOf } from './audit-event.ts';
export { type AuditFilter, auditRows, auditTrail } from './audit-trail.ts';
export { patientsOf, type WhichPerson } from './find-person.ts';
export {
  auditOfOrder,
  auditOfPerson,
  type DeliveryStatus,
  type OrderStatus,
  orderStatus,
  type TaskStatus,
} from './order-status.ts';
export { type PersonReport, personReport, type ReportLine } from './person-report.ts';
export { openedBy, proofsOf, proofsOfTrace } from './proofs.ts';
export { reportAsHtml, reportAsText } from './report-text.ts';
