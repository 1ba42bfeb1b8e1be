import { createRequire } from 'node:module';

// The codec of single records is part of dns-packet, but not of its types.
declare module 'dns-packet' {
  export namespace answer {
    function decode(bytes: Buffer, offset: number): Answer;
    namespace decode {
      let bytes: number;
    }
  }
}

const require = createRequire(import.meta.url);

/** dns-packet, by require: importing a CommonJS package scans it for names first, some 8 ms here. */
export const dnsPacket: typeof import('dns-packet') = require('dns-packet');
