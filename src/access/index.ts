export { type Authenticate, bearerTokens } from './bearer.ts';
