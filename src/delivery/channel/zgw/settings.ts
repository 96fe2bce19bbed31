/** A status of a Task that a municipality can set by moving its zaak; `unchanged`: a status of the zaak without meaning here. */
export type ZgwMove = 'received' | 'accepted' | 'in-progress' | 'completed' | 'rejected' | 'unchanged';

export type ZgwTarget = {
  readonly task: ZgwMove;
  /** Code of mgn-status-reason; required for `rejected`. */
  readonly reason?: string;
};

/** A zaaktype at which requests are registered, with the meaning of its statuses. */
export type Zaaktype = {
  /** URL in the Catalogi API. */
  readonly url: string;
  /** First status (statustype URL), set when the zaak is complete. Absent: the municipality sets it. */
  readonly first?: string;
  /** Statustype URL -> move of the Task. */
  readonly statuses: Readonly<Record<string, ZgwTarget>>;
  /** Resultaattype URL -> move of the Task at the end of the zaak; takes precedence over the status. */
  readonly results: Readonly<Record<string, ZgwTarget>>;
  /** Status, and result before it where the catalogue requires one, of a zaak whose request is withdrawn. */
  readonly withdrawn?: { readonly statustype: string; readonly resultaattype?: string };
};

/**
 * A municipality that receives requests as cases (zaakgericht werken): Zaken API 1.5.1, Documenten API 1.4.2
 * (https://vng-realisatie.github.io/gemma-zaken/). Roots are without trailing slash; nothing outside them is requested.
 */
export type ZgwSettings = {
  readonly kind: 'zgw';
  readonly zaken: string;
  readonly documenten: string;
  /** Root of the Notificaties API, to subscribe there; absent: the municipality registers our callback itself. */
  readonly notificaties?: string;
  readonly clientId: string;
  /** RSIN with which the gateway registers: bronorganisatie. */
  readonly rsin: string;
  /** `all-in-one`: `zaak_registreren` of Open Zaak 1.24 and later, zaak, rollen and first status in one transaction. */
  readonly register: 'all-in-one' | 'step-by-step';
  /** Who numbers the zaak. `municipality`: it is found by its kenmerk, which the published contract calls experimental. */
  readonly numbering: 'gateway' | 'municipality';
  readonly zaaktypen: readonly Zaaktype[];
  /** Minutes between two reads of all open requests, for what notifications missed. */
  readonly catchUpMinutes: number;
};

/** Administration in the kenmerk of a zaak: with the number of the order, what finds it again. */
export const bron = 'mgn-gateway';
