export { escapeControl } from '../values/escape.js';
