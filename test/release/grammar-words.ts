import type { Words } from '../../src/release/grammar-words.ts';

/** A catalog with the names that trip parsers: words of the grammar, words of the language, shapes of ids. */
export const words: Words = {
  services: [
    { name: 'payments', aliases: ['pay', 'payment-api'] },
    { name: 'checkout', aliases: [] },
    { name: 'staging-api', aliases: [] },
    { name: 'sun-service', aliases: ['sun'] },
    { name: 'payments-bcd', aliases: [] },
    { name: 'now', aliases: [] },
    { name: 'all', aliases: [] },
    { name: 'rollback', aliases: [] },
    { name: 'deploy', aliases: [] },
    { name: 'because', aliases: [] },
    { name: 'to', aliases: [] },
    { name: '__proto__', aliases: [] },
    { name: 'constructor', aliases: ['toString'] },
  ],
  environments: [
    { name: 'staging', aliases: ['stg'] },
    { name: 'prod', aliases: ['production', 'prd'] },
  ],
};
