import type { Rule } from './rule.ts';
import { forbidden, inConfiguration, invalid, malformed } from './shared.ts';

const login = { ...invalid, category: 'login', type: 'login' } as const satisfies Partial<Rule>;

/** Logging in with tokens that expire: the token endpoint, proofs, certificates, scopes; and the settings of it. */
export const tokenRules = {
  'token-request-invalid': {
    ...malformed,
    type: 'invalid',
    en: 'The token request is not complete: {problem}. Send a form (application/x-www-form-urlencoded) as docs/guide/login.md shows.',
    nl: 'Het tokenverzoek is niet compleet: {problem}. Stuur een formulier (application/x-www-form-urlencoded) zoals in docs/guide/login.md.',
  },
  'token-grant-unsupported': {
    ...malformed,
    type: 'not-supported',
    en: 'The grant type is not supported. Use one of: {supported}.',
    nl: 'Dit grant type wordt niet ondersteund. Gebruik een van: {supported}.',
  },
  'token-assertion-invalid': {
    ...login,
    en: 'The client assertion is not valid ({problem}). Sign it with RS384 or ES384 and a kid in the header; iss and sub are the client id, aud is the address of the token endpoint, exp at most 5 minutes from now, jti new each time.',
    nl: 'De client assertion is niet geldig ({problem}). Onderteken die met RS384 of ES384 en een kid in de header; iss en sub zijn het client-id, aud is het adres van het token-endpoint, exp ligt hooguit 5 minuten vooruit, jti is telkens nieuw.',
  },
  'token-client-refused': {
    ...login,
    en: 'The client was not authenticated. Check the client id, the key and its kid, and that each assertion has a new jti; the operator of the network sees the exact reason.',
    nl: 'De client is niet herkend. Controleer het client-id, de sleutel en de kid, en of elke assertion een nieuwe jti heeft; de beheerder van het netwerk ziet de precieze reden.',
  },
  'token-client-unknown': {
    ...login,
    type: 'unknown',
    en: 'No partner has this client id for this kind of login. Add it under login in partners.yaml, or correct the client.',
    nl: 'Geen partner heeft dit client-id voor deze manier van inloggen. Zet het onder login in partners.yaml, of verbeter de client.',
  },
  'token-keys-unavailable': {
    ...login,
    en: 'The public keys of this client could not be read from its jwks-url. Check that it answers with a key set of at most 20 public keys, without a redirect and within 5 seconds.',
    nl: 'De publieke sleutels van deze client zijn niet te lezen van de jwks-url. Controleer of die antwoordt met hooguit 20 publieke sleutels, zonder doorverwijzing en binnen 5 seconden.',
  },
  'token-signature-invalid': {
    ...login,
    en: 'No published key of this client with the kid of the assertion verifies its signature. Publish the public key, or sign with the one that is published.',
    nl: 'Geen gepubliceerde sleutel van deze client met de kid van de assertion past bij de handtekening. Publiceer de publieke sleutel, of onderteken met de sleutel die gepubliceerd is.',
  },
  'token-assertion-replayed': {
    ...login,
    en: 'This assertion was used before. Create a new one with a new jti for each token request; if the client did so, another party may have its assertion.',
    nl: 'Deze assertion is eerder gebruikt. Maak voor elk tokenverzoek een nieuwe met een nieuwe jti; deed de client dat, dan heeft mogelijk iemand anders de assertion.',
  },
  'token-certificate-refused': {
    ...login,
    en: 'The client certificate is missing, or is not one of the partner of this client id. Connect with the certificate that is configured for the partner.',
    nl: 'Het clientcertificaat ontbreekt, of hoort niet bij de partner van dit client-id. Maak verbinding met het certificaat dat voor de partner is ingesteld.',
  },
  'token-presentation-refused': {
    ...malformed,
    type: 'login',
    en: 'The Verifiable Presentation is not accepted ({problem}). It is signed by its holder for this token endpoint, used once, and has a credential of a trusted issuer with the URA of a partner.',
    nl: 'De Verifiable Presentation wordt niet geaccepteerd ({problem}). De houder ondertekent die voor dit token-endpoint, gebruikt die eenmaal, en er zit een credential in van een vertrouwde uitgever met de URA van een partner.',
  },
  'token-scope-invalid': {
    ...malformed,
    type: 'value',
    en: 'None of the requested scopes can be granted. Request scopes within: {permitted}.',
    nl: 'Geen van de gevraagde scopes kan worden verleend. Vraag scopes binnen: {permitted}.',
  },
  'token-requests-exceeded': {
    ...invalid,
    category: 'throttled',
    type: 'throttled',
    en: 'Too many token requests. Wait {seconds} seconds; a token is valid for 5 minutes, so use it for more than one request.',
    nl: 'Te veel tokenverzoeken. Wacht {seconds} seconden; een token is 5 minuten geldig, gebruik het dus voor meer verzoeken.',
  },
  'login-proof-invalid': {
    ...login,
    en: 'The DPoP proof is missing or not valid for this request ({problem}). Create one for each request with the key of the token (RFC 9449): htm, htu, iat, jti, nonce, and ath where there is a token.',
    nl: 'Het DPoP-bewijs ontbreekt of geldt niet voor dit verzoek ({problem}). Maak er een per verzoek met de sleutel van het token (RFC 9449): htm, htu, iat, jti, nonce, en ath als er een token is.',
  },
  'login-proof-nonce': {
    ...login,
    en: 'The DPoP proof has no current nonce. Repeat the request with the nonce of the header DPoP-Nonce.',
    nl: 'Het DPoP-bewijs heeft geen actuele nonce. Herhaal het verzoek met de nonce uit de header DPoP-Nonce.',
  },
  'login-certificate-missing': {
    ...login,
    en: 'A client certificate is required and there is none. Connect with the certificate of the partner.',
    nl: 'Een clientcertificaat is verplicht en ontbreekt. Maak verbinding met het certificaat van de partner.',
  },
  'login-certificate-mismatch': {
    ...login,
    en: 'The client certificate does not belong to the partner of this token, or is not the one that the token was issued to. Connect with the certificate with which the token was requested.',
    nl: 'Het clientcertificaat hoort niet bij de partner van dit token, of is niet het certificaat waarvoor het token is uitgegeven. Maak verbinding met het certificaat waarmee het token is aangevraagd.',
  },
  'certificate-header-untrusted': {
    ...forbidden,
    type: 'security',
    en: 'A header with a client certificate is accepted from the proxy of the gateway only, and must be readable. Leave the header out, and connect with the certificate itself.',
    nl: 'Een header met een clientcertificaat wordt alleen van de proxy van de gateway geaccepteerd, en moet leesbaar zijn. Laat de header weg, en maak verbinding met het certificaat zelf.',
  },
  'scope-insufficient': {
    ...forbidden,
    en: 'The scopes of the access token do not permit this: {scopes}. Request a token with these scopes, or have the operator of the network add them to the client.',
    nl: 'De scopes van het toegangstoken staan dit niet toe: {scopes}. Vraag een token met deze scopes, of laat de beheerder van het netwerk ze aan de client toevoegen.',
  },
  'static-tokens-outside-demo': {
    ...inConfiguration,
    type: 'security',
    en: 'partners.yaml: partner {partner} has static tokens, which never change and are for a demo network only: one whose base URL is on localhost. Remove its tokens and add a login with a key of its own (docs/operate/login.md).',
    nl: 'partners.yaml: partner {partner} heeft vaste tokens, die nooit veranderen en alleen voor een demonetwerk zijn: een met een base-URL op localhost. Verwijder de tokens en voeg een login met een eigen sleutel toe (docs/operate/login.md).',
  },
  'static-tokens-reachable': {
    ...inConfiguration,
    severity: 'warning',
    type: 'security',
    en: 'The gateway listens on {host}, where other machines reach it, on a demo network whose static tokens are public or whose persons log in without proof. Listen on 127.0.0.1, and never use this network for real persons.',
    nl: 'De gateway luistert op {host}, waar andere machines bij kunnen, met een demonetwerk waarvan de vaste tokens openbaar zijn of de personen zonder bewijs inloggen. Luister op 127.0.0.1, en gebruik dit netwerk nooit voor echte personen.',
  },
  'presentations-outside-demo': {
    ...inConfiguration,
    type: 'security',
    en: 'partners.yaml: partner {partner} logs in with Verifiable Presentations, which this gateway verifies with a test double that is for a demo network only. Use kind backend-services (docs/operate/login.md).',
    nl: 'partners.yaml: partner {partner} logt in met Verifiable Presentations, die deze gateway controleert met een testversie die alleen voor een demonetwerk is. Gebruik kind backend-services (docs/operate/login.md).',
  },
  'login-keys-invalid': {
    ...inConfiguration,
    type: 'value',
    en: '{file}: {path} is not usable ({problem}). Use a JSON Web Key Set of 1 to 20 public keys, each with a kid: RSA of 2048 bits or more for RS384, or P-384 for ES384. A private key never belongs in a configuration.',
    nl: '{file}: {path} is niet bruikbaar ({problem}). Geef een JSON Web Key Set met 1 tot 20 publieke sleutels, elk met een kid: RSA van 2048 bits of meer voor RS384, of P-384 voor ES384. Een geheime sleutel hoort nooit in een configuratie.',
  },
  'token-not-issued': {
    ...login,
    en: 'The gateway issued no access token ({problem}). Check the client id, the key, and the address of the gateway.',
    nl: 'De gateway gaf geen toegangstoken ({problem}). Controleer het client-id, de sleutel en het adres van de gateway.',
  },
  'token-key-not-written': {
    ...invalid,
    type: 'exception',
    en: '{file} cannot be written ({problem}). Choose a folder with --out where it does not exist yet: a key is never overwritten.',
    nl: '{file} kan niet worden geschreven ({problem}). Kies met --out een map waarin het nog niet bestaat: een sleutel wordt nooit overschreven.',
  },
  'tls-file-invalid': {
    ...inConfiguration,
    type: 'security',
    en: '{file}: not usable for TLS ({problem}). Use PEM files: a certificate with its chain, its private key, the CAs of the clients, and a revocation list of each CA.',
    nl: '{file}: niet bruikbaar voor TLS ({problem}). Geef PEM-bestanden: een certificaat met de keten, de bijbehorende geheime sleutel, de CAs van de clients, en een intrekkingslijst van elke CA.',
  },
} as const satisfies Record<string, Rule>;
