export { type AuditLine, auditLineOf } from './audit-event.ts';
export { type AuditFilter, auditRows, auditTrail } from './audit-trail.ts';
export {
  auditOfOrder,
  auditOfPerson,
  type DeliveryStatus,
  type OrderStatus,
  orderStatus,
  type TaskStatus,
} from './order-status.ts';
