/** `login` of a partner in partners.yaml, as written. */
export type LoginFile =
  | {
      readonly kind: 'backend-services';
      readonly 'client-id'?: string;
      readonly 'jwks-url'?: string;
      readonly jwks?: object;
      readonly scopes?: readonly string[];
      readonly bound?: 'dpop' | 'certificate';
    }
  | { readonly kind: 'certificate'; readonly 'client-id'?: string; readonly scopes?: readonly string[] }
  | { readonly kind: 'presentation'; readonly 'client-id'?: string; readonly scopes?: readonly string[] };

/** `presentations` of network.yaml, as written. */
export type PresentationsFile = {
  readonly 'trusted-issuers': readonly { readonly id: string; readonly jwks: object }[];
};
