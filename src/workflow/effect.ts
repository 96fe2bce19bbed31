import type { Appointment, CodeableConcept, ServiceRequest, Task } from '@medplum/fhirtypes';
export type Effect = {
  /** The rule of the table by which it changes. */
  readonly rule: string;
  readonly resource: Task | ServiceRequest | Appointment;
  readonly isNew?: true;
};

/** The requested change first, its consequences after it; all are committed, or none. */
export type Effects = { readonly rule: string; readonly effects: readonly Effect[] };

/** Time and ids for resources that the gateway creates. */
export type CreationContext = { readonly at: Date; readonly newId: () => string };

/**
 * The requested change: a Task, order or Appointment as it would become, or a new Task that asks to stop (`abort`), to
 * withdraw the order (`withdrawal`), or for information (`question`).
 */
export type RequestedChange =
  | { readonly kind: 'task'; readonly after: Task }
  | { readonly kind: 'order'; readonly after: ServiceRequest; readonly reason?: CodeableConcept | undefined }
  | { readonly kind: 'abort'; readonly task: Task }
  | { readonly kind: 'withdrawal'; readonly task: Task }
  | { readonly kind: 'question'; readonly task: Task }
  | { readonly kind: 'appointment'; readonly after: Appointment; readonly task: Task | undefined };
