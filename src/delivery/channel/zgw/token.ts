import { SignJWT } from 'jose';

/**
 * The token of one request: a JWT that its sender makes itself (HS256), as ZGW defines
 * (https://vng-realisatie.github.io/gemma-zaken/themas/achtergronddocumentatie/authenticatie-autorisatie).
 */
export const zgwToken = (clientId: string, secret: string, now: Date): Promise<string> =>
  new SignJWT({ client_id: clientId, user_id: clientId, user_representation: 'mgn-gateway' })
    .setProtectedHeader({ alg: 'HS256', typ: 'JWT' })
    .setIssuer(clientId)
    .setIssuedAt(now)
    .sign(Buffer.from(secret));
