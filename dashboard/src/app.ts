import { mount } from 'svelte';
import App from './App.svelte';
import './theme/fonts.css';
import './theme/tokens.css';
import './theme/base.css';

const target = document.getElementById('app');
if (target === null) throw new Error('the page has no #app element');

mount(App, { target });

// The page itself stays available while the server is away; without a service worker only its data would.
if ('serviceWorker' in navigator && import.meta.env.PROD) {
  navigator.serviceWorker.register('/service-worker.js').catch((error: unknown) => {
    console.warn('the page is not kept for offline use', error);
  });
}
