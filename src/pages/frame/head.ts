import { html } from 'hono/html';
import type { Part } from './view.ts';

/** The head of a page: what it is for, in a sentence, and what can be done on it. */
export const pageHead = (title: string, sentence: Part | string, actions?: Part): Part =>
  html`<header class="page-head"><div><h1>${title}</h1><p>${sentence}</p></div>${actions ? html`<div class="row">${actions}</div>` : ''}</header>`;
