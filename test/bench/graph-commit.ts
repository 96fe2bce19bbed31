import { auditEvent, create, dispatch, message, patient, task } from '../support/store/samples.ts';

const letter = {
  text: { status: 'generated', div: `<div xmlns="http://www.w3.org/1999/xhtml">${'x'.repeat(1_000)}</div>` },
};

/** What `accept` ends in: a message, a graph of five resources, two dispatches, an audit event. */
export const commitOfGraph = (id: string) => ({
  message: message(id, { body: new Uint8Array(8_000).fill(120) }),
  changes: [
    create(
      task(`t${id}`, { focus: { reference: `ServiceRequest/s${id}` }, for: { reference: `Patient/p${id}` } }),
      'a',
      'b',
    ),
    create(patient(`p${id}`, '999900006'), 'a', 'b'),
    ...['ServiceRequest', 'Practitioner', 'Composition'].map((resourceType) =>
      create({ ...task(`x${id}`, letter), resourceType }, 'a', 'b'),
    ),
  ],
  dispatches: ['a', 'b'].map((to) => dispatch(`${to}${id}`, to, { body: 'x'.repeat(6_000) })),
  audit: [auditEvent(id, { requestId: id, traceId: id, references: [`Task/t${id}`] })],
});
