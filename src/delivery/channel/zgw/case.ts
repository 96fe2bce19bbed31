/** A request as a case: the output of the map of the partner's shape (mappings/out/models/zgw-case.json). */
export type ZgwCase = {
  readonly zaak: Readonly<Record<string, unknown>> & {
    readonly zaaktype: string;
    readonly bronorganisatie: string;
    readonly identificatie: string;
  };
  readonly rollen?: readonly (Readonly<Record<string, unknown>> & {
    readonly roltype: string;
    readonly betrokkeneType: string;
  })[];
  readonly eigenschappen?: readonly { readonly eigenschap: string; readonly waarde: string }[];
  readonly document?: Readonly<Record<string, unknown>> & { readonly tekst: string; readonly bronorganisatie: string };
};

/** The body of a dispatch of channel `zgw`. */
export type ZgwWork =
  | { readonly open: ZgwCase }
  /** The request with this number ended here. */
  | { readonly withdraw: { readonly number: string } };

/** A zaak as far as the gateway reads it. */
export type Zaak = {
  readonly url: string;
  readonly zaaktype: string;
  readonly identificatie?: string;
  readonly kenmerken?: readonly { readonly kenmerk?: string; readonly bron?: string }[];
  readonly status?: string | null;
  readonly resultaat?: string | null;
};
