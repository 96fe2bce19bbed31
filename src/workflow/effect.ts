import type { Appointment, CodeableConcept, ServiceRequest, Task } from '@medplum/fhirtypes';
export type Effect = {
  /** Rule of the table by which it changes. */
  readonly rule: string;
  readonly resource: Task | ServiceRequest | Appointment;
  readonly isNew?: true;
};

/** The change itself comes first, what follows from it after; all of it happens, or nothing. */
export type Effects = { readonly rule: string; readonly effects: readonly Effect[] };

/** Time and ids for what the gateway makes itself. */
export type CreationContext = { readonly at: Date; readonly newId: () => string };

/** What somebody wants to change: a Task or the order as it would become, or a new Task that asks to stop, or for more. */
export type RequestedChange =
  | { readonly kind: 'task'; readonly after: Task }
  | { readonly kind: 'order'; readonly after: ServiceRequest; readonly reason?: CodeableConcept | undefined }
  | { readonly kind: 'abort'; readonly task: Task }
  | { readonly kind: 'question'; readonly task: Task }
  | { readonly kind: 'appointment'; readonly after: Appointment; readonly task: Task | undefined };
